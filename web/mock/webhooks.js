// The mock's webhooks: kept per nest, and never sent anywhere. A host that begins with `broken` does not answer.
import { randomBytes } from 'node:crypto';
import { Refusal } from './nest.js';
import { nestOf } from './people.js';

const kept = new Map();
const DAY_MS = 86_400_000;

function hosted(world, person, code) {
  const nest = nestOf(world, code);
  if (!person) throw new Refusal('not_signed_in', 401);
  if (person.role !== 'administrator' && nest.state.host !== person.id) throw new Refusal('not_allowed', 403);
  if (!kept.has(code)) kept.set(code, []);
  return kept.get(code);
}

function found(world, person, id) {
  for (const [code, webhooks] of kept) {
    const webhook = webhooks.find((one) => one.id === id);
    if (webhook) return { webhook, webhooks: hosted(world, person, code) };
  }
  throw new Refusal('not_found', 404);
}

/** Routes as `routes` has them. */
export const webhooks = [
  [
    'GET',
    /^\/nests\/(\w+)\/webhooks$/,
    ({ world, person, match }) => ({ body: hosted(world, person, match[1]) })
  ],
  [
    'POST',
    /^\/nests\/(\w+)\/webhooks$/,
    ({ world, person, match, body }) => {
      const webhooks = hosted(world, person, match[1]);
      const url = URL.parse(body.url);
      if (url?.protocol !== 'https:') throw new Refusal('invalid_input', 422);
      if (webhooks.length >= 10) throw new Refusal('too_many_webhooks', 409);
      const broken = url.hostname.startsWith('broken');
      const webhook = {
        id: `w${randomBytes(4).toString('hex')}`,
        form: body.form,
        host: url.hostname,
        events: body.events,
        created_at_ms: Date.now(),
        ...(broken && {
          failing_since_ms: Date.now() - DAY_MS,
          paused_at_ms: Date.now(),
          failure: 'it answered 500 Internal Server Error'
        })
      };
      webhooks.push(webhook);
      const secret = body.form === 'signed' ? `whsec_${randomBytes(32).toString('base64')}` : null;
      return { status: 201, body: { webhook, secret } };
    }
  ],
  [
    'DELETE',
    /^\/webhooks\/(\w+)$/,
    ({ world, person, match }) => {
      const { webhook, webhooks } = found(world, person, match[1]);
      webhooks.splice(webhooks.indexOf(webhook), 1);
      return { status: 204 };
    }
  ],
  [
    'POST',
    /^\/webhooks\/(\w+)\/test$/,
    ({ world, person, match }) => {
      const { webhook } = found(world, person, match[1]);
      if (webhook.host.startsWith('broken')) throw new Refusal('outside_failed', 502);
      webhook.delivered_at_ms = Date.now();
      return { status: 204 };
    }
  ],
  [
    'POST',
    /^\/webhooks\/(\w+)\/resume$/,
    ({ world, person, match }) => {
      const { webhook } = found(world, person, match[1]);
      for (const key of ['paused_at_ms', 'failing_since_ms', 'failure']) delete webhook[key];
      return { status: 204 };
    }
  ]
];
