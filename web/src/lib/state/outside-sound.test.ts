import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrackSummary } from '$lib/api/types';
import type { InsteadOf } from './hearing.svelte';
import { OutsideSound, unheard, type Circumstances } from './outside-sound';
import type { Player } from './player.svelte';

const track = (id: string, source: string): TrackSummary => ({
  id,
  source,
  title: '',
  artist: '',
  album: '',
  duration_ms: 1000,
  stream_url: ''
});
const spotify = track('s', 'spotify:track:1');
const video = track('v', 'youtube:dQw4w9WgXcQ');
const now = (changes: Partial<Circumstances>): Circumstances => ({
  track: spotify,
  listening: true,
  onItsPage: true,
  videoRefused: false,
  byDevice: false,
  ...changes
});
const library = { kind: 'library', trackId: 'owned' } as const;
const fromLibrary = (trackId: string) => ({
  trackId,
  sound: { stream_url: '/api/v1/tracks/owned/stream' }
});

/** What is shown and what is played in place, as a player would have it after all calls. */
const player = {
  video: null as Player['video'],
  instead: null as Player['instead'],
  show: (video: Player['video']) => void (player.video = video),
  playInstead: (instead: Player['instead']) => void (player.instead = instead)
};
const instead = vi.fn<(trackId: string) => Promise<InsteadOf | null>>();
let sound: OutsideSound;
const follow = async (changes: Partial<Circumstances>): Promise<void> => {
  sound.follow(now(changes));
  await vi.waitFor(() =>
    Promise.allSettled(instead.mock.results.map(({ value }) => value as Promise<unknown>))
  );
};

beforeEach(() => {
  instead.mockReset().mockResolvedValue(library);
  sound = new OutsideSound(player, { instead });
  sound.stop();
});

test('a song is unheard where its own service cannot play it', () => {
  expect([true, false].map((byDevice) => unheard(now({ byDevice })))).toEqual([false, true]);
  expect([true, false].map((onItsPage) => unheard(now({ track: video, onItsPage })))).toEqual([false, true]);
  expect(unheard(now({ track: video, videoRefused: true }))).toBe(true);
  expect(unheard(now({ track: track('c', 'soundcloud:1'), onItsPage: false }))).toBe(false);
});

describe('a song of Spotify', () => {
  test('from the library plays on when its page is left and found again', async () => {
    await follow({});
    expect(player.instead).toEqual(fromLibrary('s'));
    for (const onItsPage of [false, true]) {
      await follow({ onItsPage });
      expect([player.instead, player.video]).toEqual([fromLibrary('s'), null]);
    }
  });

  test('nothing is looked for while nobody listens, or one’s own device plays it', async () => {
    await follow({ listening: false });
    await follow({ byDevice: true });
    expect([instead.mock.calls.length, player.instead]).toEqual([0, null]);
  });

  test('one’s own device takes over what was heard instead', async () => {
    await follow({});
    await follow({ byDevice: true });
    expect([player.instead, player.video]).toEqual([null, null]);
  });

  test('what is found too late is not played', async () => {
    let answer = (_: InsteadOf): void => undefined;
    instead.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    sound.follow(now({}));
    sound.follow(now({ byDevice: true }));
    answer(library);
    await Promise.resolve();
    await Promise.resolve();
    expect(player.instead).toBeNull();
  });

  test('another service’s stream takes its place where the library has nothing', async () => {
    instead.mockResolvedValueOnce({ kind: 'stream', trackId: 'there' });
    await follow({});
    const sound = { pieces_url: '/api/v1/tracks/there/outside-stream' };
    expect([player.instead, player.video]).toEqual([{ trackId: 's', sound }, null]);
  });

  test('a video in its place belongs to it, and not to the song after it', async () => {
    instead.mockResolvedValueOnce({ kind: 'video', id: 'w' });
    await follow({});
    expect(player.video).toEqual({ trackId: 's', id: 'w', instead: true });
    await follow({ track: track('t', 'spotify:track:2'), byDevice: true });
    expect([player.instead, player.video]).toEqual([null, null]);
  });
});

describe('a video', () => {
  const own = { trackId: 'v', id: 'dQw4w9WgXcQ', instead: false };

  test('is shown, and asks nobody while it is seen', async () => {
    await follow({ track: video });
    expect([player.video, instead.mock.calls.length]).toEqual([own, 0]);
  });

  test('gives way to the library when its page is left, and does not come back into the same song', async () => {
    await follow({ track: video });
    await follow({ track: video, onItsPage: false });
    await follow({ track: video });
    expect([player.instead, player.video]).toEqual([fromLibrary('v'), null]);
    await follow({ track: track('n', 'youtube:dQw4w9WgXcR') });
    expect([player.instead, player.video?.trackId]).toEqual([null, 'n']);
  });

  test('stays what it is where nothing else has the song', async () => {
    for (const nothing of [null, { kind: 'video', id: 'w' }] satisfies (InsteadOf | null)[]) {
      instead.mockResolvedValue(nothing);
      await follow({ track: video, onItsPage: false });
      expect([player.instead, player.video]).toEqual([null, own]);
    }
  });

  test('that is refused is looked for once, although its player is gone then', async () => {
    await follow({ track: video });
    await follow({ track: video, videoRefused: true });
    await follow({ track: video });
    expect([player.instead, instead.mock.calls.length]).toEqual([fromLibrary('v'), 1]);
  });
});

test('when the nest is left, nothing is left', async () => {
  await follow({});
  sound.stop();
  expect([player.instead, player.video]).toEqual([null, null]);
});
