import type { Webhook } from '$lib/api/types';
import { NOW_MS } from './now';

const HOUR_MS = 3_600_000;

/** A webhook that works. */
export const webhook = (changes: Partial<Webhook> = {}): Webhook => ({
  id: 'w1',
  form: 'slack',
  host: 'hooks.slack.com',
  events: ['now_playing', 'horn'],
  created_at_ms: NOW_MS - 900 * HOUR_MS,
  delivered_at_ms: NOW_MS - HOUR_MS / 20,
  ...changes
});

/** One whose messages do not arrive. */
export const failing = (changes: Partial<Webhook> = {}): Webhook =>
  webhook({
    id: 'w2',
    form: 'signed',
    host: 'bots.example.org',
    failing_since_ms: NOW_MS - 5 * HOUR_MS,
    failure: 'the webhook answered 500 Internal Server Error',
    ...changes
  });

/** One that was given up. */
export const givenUp = (changes: Partial<Webhook> = {}): Webhook =>
  failing({
    id: 'w3',
    paused_at_ms: NOW_MS - 2 * HOUR_MS,
    failure: 'the webhook answered 410 Gone',
    ...changes
  });
