import { expect, test } from 'vitest';
import type { Entry } from '$lib/api/types';
import { outsideOf } from './outside';

const entry = (source: string | null): Entry => ({
  id: 1,
  track: { id: 't', title: '', artist: '', album: '', duration_ms: 1000, stream_url: '', source },
  added_at_ms: 0,
  added_by: { kind: 'autofill' },
  score: 0,
  tally: 0,
  votes: { up: [], down: [] },
  jams: [],
  comments: []
});
const alone = { instead: null, video: null };
const spotify = entry('spotify:track:1');
const video = entry('youtube:dQw4w9WgXcQ');

test('what the engine plays is not outside', () => {
  for (const heard of [null, entry(null), entry('soundcloud:1')])
    expect(outsideOf(heard, alone, { isHeard: true }, true)).toBeNull();
  const instead = { trackId: 't', sound: { stream_url: '' } };
  expect(outsideOf(spotify, { instead, video: null }, null, false)).toBeNull();
});

test('a video is heard on the page of its nest alone', () => {
  expect([true, false].map((here) => outsideOf(video, alone, null, here))).toEqual(['heard', 'silent']);
  // A device of one's own plays no video.
  expect(outsideOf(video, alone, { isHeard: true }, false)).toBe('silent');
});

test('a device of one’s own is heard everywhere, as long as it plays', () => {
  for (const here of [true, false]) {
    expect(outsideOf(spotify, alone, { isHeard: true }, here)).toBe('heard');
    expect(outsideOf(spotify, alone, { isHeard: false }, here)).toBe('silent');
    expect(outsideOf(spotify, alone, null, here)).toBe('silent');
  }
});

test('a video in place of a song is heard as videos are, and not for another song', () => {
  const shown = (trackId: string) => ({ instead: null, video: { trackId, id: 'v', instead: true } });
  expect(outsideOf(spotify, shown('t'), null, true)).toBe('heard');
  expect(outsideOf(spotify, shown('t'), null, false)).toBe('silent');
  expect(outsideOf(spotify, shown('other'), null, true)).toBe('silent');
});
