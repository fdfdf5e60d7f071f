import { expect, test } from 'vitest';
import type { Webhook } from '$lib/api/types';
import { eventsOf, faring, formOf, parseAddress } from './webhooks';

const webhook = (changes: Partial<Webhook> = {}): Webhook => ({
  id: 'w1',
  host: 'hooks.slack.com',
  form: 'slack',
  events: ['now_playing'],
  created_at_ms: 0,
  ...changes
});

test('the form follows the address', () => {
  expect(formOf('https://hooks.slack.com/services/T0/B0/x')).toBe('slack');
  expect(formOf(' https://HOOKS.slack.com/services/T0 ')).toBe('slack');
  expect(formOf('https://discord.com/api/webhooks/1/x/slack')).toBe('slack');
  expect(formOf('https://discord.com/api/webhooks/1/x')).toBe('signed');
  expect(formOf('https://hooks.slack.com.example.org/')).toBe('signed');
  expect(formOf('hooks.slack.com')).toBe('signed');
});

test('what the web speaks is an address; whether the server sends there is for it to say', () => {
  expect(parseAddress('https://example.org/hook')?.hostname).toBe('example.org');
  expect(parseAddress('http://192.168.1.5:8080/hook')?.port).toBe('8080');
  for (const text of ['', 'example.org', 'https://', 'mailto:a@example.org'])
    expect([text, parseAddress(text)]).toEqual([text, null]);
});

test('only the main nest tells of the server', () => {
  expect(eventsOf('main')).toContain('server_started');
  expect(eventsOf('ABCDE')).not.toContain('server_started');
  expect(eventsOf('ABCDE')).not.toContain('nest_opened');
});

test('what went wrong is told before what went well', () => {
  expect(faring(webhook())).toEqual({ kind: 'unused' });
  expect(faring(webhook({ delivered_at_ms: 5 }))).toEqual({ kind: 'arrived', atMs: 5 });
  const failing = webhook({ delivered_at_ms: 5, failing_since_ms: 7, failure: 'answered 500' });
  expect(faring(failing)).toEqual({ kind: 'failing', sinceMs: 7, why: 'answered 500' });
  expect(faring({ ...failing, paused_at_ms: 9 })).toEqual({
    kind: 'given-up',
    atMs: 9,
    why: 'answered 500'
  });
});
