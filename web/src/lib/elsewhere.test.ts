import { expect, test } from 'vitest';
import { audible, elsewhere, heardAs, soundOf, videoOf } from './elsewhere';

test('a song of the library comes from nowhere else', () => {
  expect(elsewhere(null)).toBeNull();
  expect(elsewhere(undefined)).toBeNull();
});

test('a service is called by its name, and leads to the song where it can', () => {
  expect(elsewhere('spotify:track:4uLU6hMCjMI75M1A2tKUQC')).toEqual({
    service: 'Spotify',
    url: 'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC'
  });
  expect(elsewhere('spotify:episode:512ojhOuo1ktJprKbVcKyQ')?.url).toBe(
    'https://open.spotify.com/episode/512ojhOuo1ktJprKbVcKyQ'
  );
  expect(elsewhere('youtube:dQw4w9WgXcQ')).toEqual({
    service: 'YouTube',
    url: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ'
  });
  expect(elsewhere('soundcloud:123')).toEqual({ service: 'SoundCloud', url: null });
});

test('a service of a later server is called what the server calls it', () => {
  expect(elsewhere('tidepool:1')).toEqual({ service: 'tidepool', url: null });
});

test('an id from outside cannot change where a link leads', () => {
  expect(elsewhere('youtube:x&list=/../#y')?.url).toBe(
    'https://www.youtube.com/watch?v=x%26list%3D%2F..%2F%23y'
  );
});

test('a song from elsewhere is heard as its match alone', () => {
  expect(heardAs({ id: 'a' })).toBe('a');
  expect(heardAs({ id: 'a', source: 'youtube:b', match: 'c' })).toBe('c');
  expect(heardAs({ id: 'a', source: 'youtube:b', match: null })).toBeNull();
});

const track = (source: string | null, match: string | null = null) => ({
  id: 't',
  title: 'T',
  artist: '',
  album: '',
  duration_ms: 1000,
  stream_url: '/t',
  source,
  match
});

test.each([
  [null, 'here'],
  ['spotify:track:1', 'device'],
  ['spotify:episode:1', 'device'],
  ['youtube:dQw4w9WgXcQ', 'embed'],
  ['soundcloud:1', 'stream'],
  ['tidepool:1', 'nowhere']
] as const)('a song of %s is heard %s, and with a match always here', (source, sound) => {
  expect(soundOf(track(source))).toBe(sound);
  expect(soundOf(track(source, 'library'))).toBe('here');
});

test('only an id that can be one is given to a player', () => {
  expect(videoOf('youtube:dQw4w9WgXcQ')).toBe('dQw4w9WgXcQ');
  for (const source of ['youtube:x&autoplay=1', 'youtube:', 'spotify:track:1', null]) {
    expect(videoOf(source)).toBeNull();
  }
});

test('the engine hears of what sounds here, by pieces where a service has them, or in place of another', () => {
  const entry = (source: string | null) => ({ id: 1, track: track(source) });
  expect(audible(null, null)).toBeNull();
  expect(audible(entry(null), null)?.track.stream_url).toBe('/t');
  expect(audible(entry('soundcloud:1'), null)?.track.pieces_url).toBe('/api/v1/tracks/t/outside-stream');
  expect(audible(entry('spotify:track:1'), null)).toBeNull();
  expect(audible(entry('youtube:dQw4w9WgXcQ'), { trackId: 'other', sound: { stream_url: '/o' } })).toBeNull();
  expect(
    audible(entry('spotify:track:1'), { trackId: 't', sound: { stream_url: '/l' } })?.track.stream_url
  ).toBe('/l');
});
