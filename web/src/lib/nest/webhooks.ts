import type { Webhook, WebhookEvent, WebhookForm } from '$lib/api/types';
import { MAIN_CODE } from './permissions';

const EVENTS_OF_NEST: readonly WebhookEvent[] = ['now_playing', 'horn', 'paused', 'resumed', 'skipped'];
const EVENTS_OF_SERVER: readonly WebhookEvent[] = ['nest_opened', 'server_started'];

/** What a nest can tell; only the main nest tells of the server. */
export function eventsOf(code: string): readonly WebhookEvent[] {
  return code === MAIN_CODE ? [...EVENTS_OF_NEST, ...EVENTS_OF_SERVER] : EVENTS_OF_NEST;
}

/** The address as a message can be sent to it, or null. The server decides whether it leads outside. */
export function parseAddress(text: string): URL | null {
  const url = URL.parse(text.trim());
  return url !== null && ['https:', 'http:'].includes(url.protocol) && url.hostname !== '' ? url : null;
}

/** The form that an address most likely wants. */
export function formOf(address: string): WebhookForm {
  const url = parseAddress(address);
  if (url === null) return 'signed';
  const discord = /(^|\.)discord(app)?\.com$/.test(url.hostname);
  return url.hostname === 'hooks.slack.com' || (discord && url.pathname.endsWith('/slack'))
    ? 'slack'
    : 'signed';
}

/** How a webhook fares. */
export type Faring =
  | { kind: 'unused' }
  | { kind: 'arrived'; atMs: number }
  | { kind: 'failing'; sinceMs: number; why: string }
  | { kind: 'given-up'; atMs: number; why: string };

/** How a webhook fares: what went wrong matters more than what went well. */
export function faring(webhook: Webhook): Faring {
  const why = webhook.failure ?? '';
  if (webhook.paused_at_ms != null) return { kind: 'given-up', atMs: webhook.paused_at_ms, why };
  if (webhook.failing_since_ms != null) return { kind: 'failing', sinceMs: webhook.failing_since_ms, why };
  return webhook.delivered_at_ms == null
    ? { kind: 'unused' }
    : { kind: 'arrived', atMs: webhook.delivered_at_ms };
}
