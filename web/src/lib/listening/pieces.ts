/**
 * The sound of a song that a service gives in pieces (HTTP Live Streaming, RFC 8216): asks this server where it is, reads
 * the list, and gets the pieces as one run of bytes, as decoders take them. In a chunk of its own: few songs need it.
 */
import { TrackRefused, fetchTrack, type FetchTrackOptions } from './fetch-track';

/** More pieces than a song has. */
const PIECES_MAX = 2_000;
/** Pieces that are fetched at once. */
const AT_ONCE = 4;

/** What a list of pieces says. */
export type Playlist = { kind: 'pieces'; urls: string[] } | { kind: 'lists'; urls: string[] };

/** Reads a list; addresses in it are relative to `base`. Throws `TrackRefused` for what cannot be played so. */
export function readPlaylist(text: string, base: string): Playlist {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines[0] !== '#EXTM3U') throw new TrackRefused(415);
  const at = (name: string): string => new URL(name, base).href;
  if (lines.some((line) => line.startsWith('#EXT-X-KEY:') && !line.includes('METHOD=NONE'))) {
    throw new TrackRefused(403);
  }
  // Parts of one file would need ranges: no service has them for songs.
  if (lines.some((line) => line.startsWith('#EXT-X-BYTERANGE:'))) throw new TrackRefused(415);
  const named = lines.filter((line) => line !== '' && !line.startsWith('#')).map(at);
  if (lines.some((line) => line.startsWith('#EXT-X-STREAM-INF:'))) return { kind: 'lists', urls: named };
  const head = lines
    .map((line) => /^#EXT-X-MAP:(?:.*,)?URI="([^"]+)"/.exec(line)?.[1])
    .find((name) => name !== undefined);
  return { kind: 'pieces', urls: head === undefined ? named : [at(head), ...named] };
}

/** Where this server says that the sound is. */
interface Place {
  url: string;
  form: 'hls' | 'file';
}

/**
 * The whole song. `url` is where this server names the place (`/outside-stream`).
 *
 * Rejects as `fetchTrack` does.
 */
export async function fetchPieces(url: string, options: FetchTrackOptions): Promise<ArrayBuffer> {
  const quiet = { ...options, onProgress: () => {} };
  const place = parse(await fetchTrack(url, quiet));
  if (place.form === 'file') return fetchTrack(place.url, options);
  let listUrl = place.url;
  let list = await read(listUrl, quiet);
  if (list.kind === 'lists') {
    listUrl = list.urls[0] ?? listUrl;
    list = await read(listUrl, quiet);
  }
  if (list.kind !== 'pieces' || list.urls.length === 0 || list.urls.length > PIECES_MAX) {
    throw new TrackRefused(415);
  }
  return join(await all(list.urls, options));
}

async function read(url: string, options: FetchTrackOptions): Promise<Playlist> {
  return readPlaylist(new TextDecoder().decode(await fetchTrack(url, options)), url);
}

function parse(bytes: ArrayBuffer): Place {
  const said = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Place>;
  if (typeof said.url !== 'string') throw new TrackRefused(415);
  return { url: said.url, form: said.form === 'file' ? 'file' : 'hls' };
}

/** Every piece in its order, several at once. */
async function all(urls: string[], options: FetchTrackOptions): Promise<ArrayBuffer[]> {
  const pieces: ArrayBuffer[] = new Array(urls.length);
  const hurries = new Set<() => void>();
  options.onHurry(() => hurries.forEach((hurry) => hurry()));
  let next = 0;
  let had = 0;
  const work = async (): Promise<void> => {
    while (next < urls.length) {
      const index = next;
      next += 1;
      let mine = (): void => {};
      pieces[index] = await fetchTrack(urls[index] as string, {
        ...options,
        onProgress: () => {},
        onHurry: (hurry) => {
          hurries.delete(mine);
          mine = hurry;
          hurries.add(mine);
        }
      });
      hurries.delete(mine);
      had += 1;
      options.onProgress(had / urls.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, urls.length) }, work));
  return pieces;
}

function join(pieces: ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(new Uint8Array(piece), at);
    at += piece.byteLength;
  }
  return whole.buffer;
}
