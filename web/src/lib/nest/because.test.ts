import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Because, Contributor, Reason, Seed } from '$lib/api/types';
import { I18n } from '$lib/state/i18n.svelte';
import { sayBecause, span } from './because';

const NOW = Date.UTC(2026, 10, 20, 12);
const ana: Contributor = { kind: 'person', id: 'ana', name: 'Ana' };
const seed = (by: Contributor): Seed => ({ track_id: 't1', title: 'Feathers', artist: 'The Rooks', by });
const throwback = (played_at_ms: number): Reason => ({
  kind: 'throwback',
  by: { id: 'bo', name: 'Bo' },
  played_at_ms
});

let i18n: I18n;
beforeEach(async () => {
  vi.stubGlobal('navigator', { languages: ['en-GB', 'de-DE'] });
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  i18n = new I18n();
  await i18n.use('en');
});
const say = (reason: Reason, of: Seed | null = null): string =>
  sayBecause(i18n, { reason, seed: of } satisfies Because, NOW);

describe('why the nest chose a song', () => {
  test('names who played what led to it', () => {
    expect(say({ kind: 'same_artist', artist: 'The Rooks' }, seed(ana))).toBe(
      'More by The Rooks, because Ana played “Feathers”'
    );
    expect(say({ kind: 'similar_sound' }, seed(ana))).toBe('Sounds alike, because Ana played “Feathers”');
  });

  test('credits nobody with what the nest chose itself', () => {
    expect(say({ kind: 'same_genre', genre: 'Folk' }, seed({ kind: 'autofill' }))).toBe('More Folk');
    expect(say({ kind: 'same_album', album: 'Twigs' })).toBe('More of “Twigs”');
    expect(say({ kind: 'library' }, seed(ana))).toBe('From the library');
  });

  test('a throwback says when it was and who queued it', () => {
    expect(say(throwback(Date.UTC(2023, 10, 20, 9)))).toBe('3 years ago today, queued by Bo');
    expect(say(throwback(Date.UTC(2025, 10, 21, 9)))).toBe('A Friday 1 year ago, queued by Bo');
    expect(say(throwback(NOW - 28 * 86_400_000))).toBe('A Friday 4 weeks ago, queued by Bo');
  });

  test('a favourite says how loved it is', () => {
    expect(say({ kind: 'favourite', jams: 5 })).toBe('5 jams and votes, and not heard for long');
    expect(say({ kind: 'favourite', jams: 1, by: { id: 'bo', name: 'Bo' } })).toBe(
      'Queued by Bo: 1 jam or vote, and not heard for long'
    );
  });

  test('in German', async () => {
    await i18n.use('de');
    expect(say(throwback(Date.UTC(2023, 10, 20, 9)))).toBe('Heute vor 3 Jahren, eingereiht von Bo');
    expect(say({ kind: 'same_artist', artist: 'The Rooks' }, seed(ana))).toBe(
      'Mehr von The Rooks, weil Ana „Feathers“ gespielt hat'
    );
  });
});

test('times are said in the largest unit that fits', () => {
  expect([120, 90, 1440, 10_080, 0].map((minutes) => span(minutes, 'en'))).toEqual([
    '2 hours',
    '90 minutes',
    '1 day',
    '1 week',
    '0 minutes'
  ]);
});
