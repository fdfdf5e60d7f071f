import { expect, test } from 'vitest';
import type { AuditEntry } from '$lib/api/types';
import { author } from './audit';

const line = (changes: Partial<AuditEntry>): AuditEntry => ({
  id: '1',
  at_ms: 0,
  action: 'nest_opened',
  subject: '',
  detail: '',
  network: '',
  ...changes
});

test('what the server did by itself is told from what a stranger did', () => {
  expect(author(line({}))).toEqual({ kind: 'rookery' });
  expect(author(line({ action: 'sign_in_failed', network: '203.0.113.0/24' }))).toEqual({ kind: 'unknown' });
  expect(author(line({ action: 'sign_in_failed' }))).toEqual({ kind: 'unknown' });
  expect(author(line({ action: 'of_a_later_server', network: 'loopback' }))).toEqual({ kind: 'unknown' });
});

test('a person has their name, or is gone', () => {
  expect(author(line({ by: 'a', by_name: 'Ada', network: 'loopback' }))).toEqual({
    kind: 'person',
    name: 'Ada'
  });
  expect(author(line({ by: 'a', by_name: null }))).toEqual({ kind: 'gone' });
});
