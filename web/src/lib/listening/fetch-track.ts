/**
 * Gets the bytes of a track over a network that may fail: goes on where it broke off, waits longer each time, gives
 * up only when the server says no.
 */
import type { Surroundings } from './surroundings';

/** The server will not give this track, however often it is asked. */
export class TrackRefused extends Error {
  constructor(status: number) {
    super(
      status === 404 || status === 410
        ? 'The file is not on the server any more.'
        : `The server does not give the file (${status}).`
    );
    this.name = 'TrackRefused';
  }
}

const RETRY_MS_FIRST = 300;
const RETRY_MS_MAX = 8_000;

/** How to fetch. */
export interface FetchTrackOptions {
  surroundings: Pick<Surroundings, 'fetch' | 'time'>;
  signal: AbortSignal;
  /** From 0 to 1, or null while the size is unknown. */
  onProgress(progress: number | null): void;
  /** Told when an attempt failed (true) and when bytes flow again (false). */
  onTrouble(trouble: boolean): void;
  /** Registers a function that cuts the waiting short (the network is back). */
  onHurry(hurry: () => void): void;
}

class Download {
  chunks: Uint8Array[] = [];
  received = 0;
  total: number | null = null;
  etag: string | null = null;

  restart(): void {
    this.chunks = [];
    this.received = 0;
    this.total = null;
  }

  bytes(): ArrayBuffer {
    const all = new Uint8Array(this.received);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.byteLength;
    }
    return all.buffer;
  }
}

/**
 * The whole file.
 *
 * Rejects with `TrackRefused` when the server says no, with an `AbortError` when no longer wanted.
 */
export async function fetchTrack(url: string, options: FetchTrackOptions): Promise<ArrayBuffer> {
  const download = new Download();
  for (let failures = 0; ; failures += 1) {
    options.signal.throwIfAborted();
    const before = download.received;
    try {
      await attempt(url, download, options);
      return download.bytes();
    } catch (error) {
      if (error instanceof TrackRefused) throw error;
      options.signal.throwIfAborted();
    }
    if (download.received > before) failures = 0;
    options.onTrouble(true);
    await pause(Math.min(RETRY_MS_MAX, RETRY_MS_FIRST * 2 ** failures), options);
  }
}

async function attempt(url: string, download: Download, options: FetchTrackOptions): Promise<void> {
  const { surroundings, signal, onProgress, onTrouble } = options;
  const headers: Record<string, string> = {};
  if (download.received > 0 && download.etag) {
    headers['range'] = `bytes=${download.received}-`;
    headers['if-range'] = download.etag;
  } else {
    download.restart();
  }
  const response = await surroundings.fetch(url, { headers, signal, credentials: 'same-origin' });
  if (response.status === 200) download.restart();
  else if (response.status !== 206) {
    await response.body?.cancel();
    const passing = response.status >= 500 || response.status === 429 || response.status === 408;
    if (passing) throw new Error(`status ${response.status}`);
    throw new TrackRefused(response.status);
  }
  onTrouble(false);
  download.etag = response.headers.get('etag');
  const length = Number(response.headers.get('content-length'));
  const encoded = response.headers.has('content-encoding');
  if (length > 0 && !encoded) download.total = download.received + length;
  if (!response.body) throw new Error('no body');
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    download.chunks.push(value);
    download.received += value.byteLength;
    onProgress(download.total ? Math.min(1, download.received / download.total) : null);
  }
  // A connection that was cut may look like an end.
  if (download.total !== null && download.received < download.total) throw new Error('cut short');
}

function pause(delayMs: number, options: FetchTrackOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      cancel();
      reject(options.signal.reason);
    };
    const done = () => {
      cancel();
      options.signal.removeEventListener('abort', aborted);
      resolve();
    };
    const cancel = options.surroundings.time.after(delayMs, done);
    options.signal.addEventListener('abort', aborted, { once: true });
    options.onHurry(done);
  });
}
