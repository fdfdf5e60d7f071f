import { expect, test } from 'vitest';
import type { Entry } from '$lib/api/types';
import { etas, positionMs } from './clock';

const entry = (id: number, duration_ms: number): Entry => ({
  id,
  score: id,
  track: { id: `${id}`, title: 'x', artist: '', album: '', duration_ms, stream_url: '' },
  added_by: { kind: 'autofill' },
  added_at_ms: 0,
  tally: 0,
  votes: { up: [], down: [] },
  jams: [],
  comments: []
});

test('position is server time since the start, and stands still while paused', () => {
  expect(positionMs({ state: 'running', started_at_ms: 1000 }, 4000)).toBe(3000);
  expect(positionMs({ state: 'running', started_at_ms: 5000 }, 4000)).toBe(-1000);
  expect(positionMs({ state: 'paused', position_ms: 700 }, 4000)).toBe(700);
});

test('each entry waits for what is left and for everything before it', () => {
  const playing = { entry: entry(1, 10_000), playback: { state: 'running', started_at_ms: 1000 } as const };
  expect(etas(playing, [entry(2, 5000), entry(3, 100)], 4000)).toEqual([
    { waitMs: 7000, atMs: 11_000 },
    { waitMs: 12_000, atMs: 16_000 }
  ]);
});

test('while paused there is a wait but no clock time', () => {
  const playing = { entry: entry(1, 10_000), playback: { state: 'paused', position_ms: 4000 } as const };
  expect(etas(playing, [entry(2, 5000)], 99_000)).toEqual([{ waitMs: 6000, atMs: null }]);
});

test('with nothing playing the first entry is due now', () => {
  expect(etas(null, [entry(2, 5000)], 100)).toEqual([{ waitMs: 0, atMs: 100 }]);
});

test('a track that has run over its length does not make anybody wait less than nothing', () => {
  const playing = { entry: entry(1, 1000), playback: { state: 'running', started_at_ms: 0 } as const };
  expect(etas(playing, [entry(2, 5000)], 3000)[0]?.waitMs).toBe(0);
});
