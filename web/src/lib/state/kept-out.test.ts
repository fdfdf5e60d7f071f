import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { FilteredTrack } from '$lib/api/types';
import { KeptOut } from './kept-out.svelte';

const song = (id: string): FilteredTrack => ({
  track: { id, title: id, artist: '', album: '', duration_ms: 1000, stream_url: '' },
  at_ms: 0,
  until_ms: 1
});

test('what is let in again leaves the list, and the rest stays as it was', async () => {
  const asked: string[] = [];
  const kept = new KeptOut(
    {
      filtered: async (code) => {
        asked.push(code);
        return [song('a'), song('b'), song('c')];
      }
    },
    'ABCDE'
  );
  expect(kept.status.kind).toBe('loading');
  await kept.load();
  kept.forget('b');
  expect([asked, kept.status.kind, kept.list.map(({ track }) => track.id)]).toEqual([
    ['ABCDE'],
    'ready',
    ['a', 'c']
  ]);
});

test('a list that did not come says why, and comes when it is asked for again', async () => {
  const answers = [Promise.reject(ApiProblem.unreachable()), Promise.resolve([song('a')])];
  const kept = new KeptOut({ filtered: () => answers.shift() ?? Promise.resolve([]) }, 'main');
  await kept.load();
  expect(kept.status).toMatchObject({ kind: 'failed', problem: { code: 'unreachable' } });
  await kept.load();
  expect([kept.status.kind, kept.list.length]).toEqual(['ready', 1]);
});
