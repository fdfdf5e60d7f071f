import { expect, test } from 'vitest';
import type { SourceTrack } from './api/types';
import { addable, addableOf, hasLinks, inOneLine, kindsOf } from './sources';

const track = (source: string, refused = false): SourceTrack => ({
  source,
  service: 'spotify',
  kind: 'track',
  title: source,
  artist: '',
  album: '',
  explicit: false,
  page_url: '',
  refused: refused ? { code: 'not_in_this_market', detail: '' } : null
});

test.each([
  ['https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC', true],
  ['listen to this: http://youtu.be/dQw4w9WgXcQ !', true],
  ['spotify:episode:512ojhOuo1ktJprKbVcKyQ', true],
  ['open.spotify.com/album/1', true],
  ['music.youtube.com/watch?v=1', true],
  ['soundcloud.com/rooks/dawn', true],
  ['The spotify song', false],
  ['https', false],
  ['notyoutube.company/x', false],
  ['soundcloud.com', false]
])('%s is read as links: %s', (text, links) => {
  expect(hasLinks(text)).toBe(links);
});

test('lines do not run into each other', () => {
  const text = inOneLine(' https://youtu.be/1\r\nhttps://youtu.be/2\n');
  expect(text).toBe('https://youtu.be/1 https://youtu.be/2');
});

test('only what can be added is, and each song once', () => {
  const tracks = [track('a'), track('b', true), track('a'), track('c')];
  expect(addable(tracks).map(({ source }) => source)).toEqual(['a', 'c']);
  const link = (all: SourceTrack[]) => ({ text: '', tracks: all, left_out: 0 });
  expect(addableOf([link(tracks), link([track('c'), track('d')])]).map(({ source }) => source)).toEqual([
    'a',
    'c',
    'd'
  ]);
});

test('there is a choice of kinds only where there is more than one', () => {
  expect(kindsOf({ search: ['track'] })).toEqual([]);
  expect(kindsOf({ search: ['track', 'album'] })).toEqual(['track', 'album']);
});
