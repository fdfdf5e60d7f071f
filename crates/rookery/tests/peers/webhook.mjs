// Verifies a message as a program that receives webhooks would: with the unmodified npm package `standardwebhooks`.
// Standard input: {secret, headers, body}. Prints what it verified, or why it did not.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(readFileSync(0, 'utf8'));
try {
  console.log(JSON.stringify({ verified: new Webhook(secret).verify(body, headers) }));
} catch (error) {
  console.log(JSON.stringify({ refused: error.message }));
}
