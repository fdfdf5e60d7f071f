import { expect, test } from 'vitest';
import { TrackRefused } from './fetch-track';
import { fetchPieces, readPlaylist } from './pieces';
import { SimulatedTime } from './simulation/time';

const BASE = 'https://media.example/a/list.m3u8?token=1';
const LIST = '#EXTM3U\n#EXT-X-MAP:URI="head.mp4"\n#EXTINF:9.9,\none.m4s?t=1\n#EXTINF:9.9,\n/b/two.m4s\n#EXT-X-ENDLIST\n';

function fetching(answers: Record<string, string | number>) {
  const asked: string[] = [];
  const progress: (number | null)[] = [];
  const bytes = fetchPieces('/place', {
    surroundings: {
      time: new SimulatedTime(),
      fetch: async (url) => {
        asked.push(url);
        const answer = answers[url] ?? 404;
        return typeof answer === 'number' ? new Response(null, { status: answer }) : new Response(answer);
      }
    },
    signal: new AbortController().signal,
    onProgress: (had) => progress.push(had),
    onTrouble: () => {},
    onHurry: () => {}
  });
  return { asked, progress, text: bytes.then((whole) => new TextDecoder().decode(whole)) };
}

test('a list names its pieces, the head first', () => {
  expect(readPlaylist(LIST, BASE)).toEqual({
    kind: 'pieces',
    urls: [
      'https://media.example/a/head.mp4',
      'https://media.example/a/one.m4s?t=1',
      'https://media.example/b/two.m4s'
    ]
  });
  expect(readPlaylist('#EXTM3U\r\n#EXT-X-STREAM-INF:BANDWIDTH=1\r\nlow.m3u8\r\n', BASE)).toEqual({
    kind: 'lists',
    urls: ['https://media.example/a/low.m3u8']
  });
});

test.each([
  'no list',
  '#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x"\none.m4s',
  '#EXTM3U\n#EXT-X-BYTERANGE:100@0\none.m4s'
])('what cannot be played is refused: %j', (text) => {
  expect(() => readPlaylist(text, BASE)).toThrow(TrackRefused);
});

test('the pieces come as one run of bytes in their order, by way of a list of lists', async () => {
  const { text, progress, asked } = fetching({
    '/place': JSON.stringify({ url: 'https://media.example/all.m3u8', form: 'hls' }),
    'https://media.example/all.m3u8': '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na/list.m3u8\n',
    'https://media.example/a/list.m3u8': LIST,
    'https://media.example/a/head.mp4': 'head,',
    'https://media.example/a/one.m4s?t=1': 'one,',
    'https://media.example/b/two.m4s': 'two'
  });
  expect(await text).toBe('head,one,two');
  expect(progress.at(-1)).toBe(1);
  expect(asked).toHaveLength(6);
});

test('a song that comes whole is fetched whole', async () => {
  const { text } = fetching({
    '/place': JSON.stringify({ url: 'https://media.example/song.mp3', form: 'file' }),
    'https://media.example/song.mp3': 'song'
  });
  expect(await text).toBe('song');
});

test('a piece that is not there refuses the song', async () => {
  const { text } = fetching({
    '/place': JSON.stringify({ url: 'https://media.example/a/list.m3u8', form: 'hls' }),
    'https://media.example/a/list.m3u8': LIST,
    'https://media.example/a/head.mp4': 'head'
  });
  await expect(text).rejects.toThrow(TrackRefused);
});
