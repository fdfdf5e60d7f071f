// Writes `src/lib/api/schema.d.ts` from the server's OpenAPI document. `--check` only says whether it is fresh.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import openapi, { astToString } from 'openapi-typescript';

const DOCUMENT = process.env.OPENAPI ?? '../docs/openapi.json';
const SCHEMA = 'src/lib/api/schema.d.ts';

if (!existsSync(DOCUMENT)) {
  console.error(`${DOCUMENT} is missing: the server prints it (rookery openapi)`);
  process.exit(1);
}
const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
const text = `/* Generated from docs/openapi.json by \`npm run generate\`. */\n\n${astToString(await openapi(document))}`;
const fresh = existsSync(SCHEMA) && readFileSync(SCHEMA, 'utf8') === text;
if (process.argv.includes('--check')) {
  if (!fresh) console.error(`${SCHEMA} is stale: run \`npm run generate\``);
  process.exit(fresh ? 0 : 1);
}
if (!fresh) writeFileSync(SCHEMA, text);
