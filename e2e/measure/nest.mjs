/**
 * A nest in one file, for measuring: it serves tracks whose samples say where they are, a clock, and what plays now.
 *
 * Not the product's server: this one exists so that listening can be measured without it.
 */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { build } from 'esbuild';
import { WebSocketServer } from 'ws';

const FRAMES_PER_SECOND = 44_100;
/** Frame numbers up to this are exact in a 32-bit float below 1. */
export const FRAMES_MAX = 2 ** 24;

/** A WAV of 32-bit floats in which frame n has the value ±n / FRAMES_MAX. The sign tells two tracks apart. */
export function rampWav(seconds, sign) {
  const frames = Math.round(seconds * FRAMES_PER_SECOND);
  const bytes = Buffer.alloc(44 + frames * 8);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + frames * 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(3, 20); // IEEE float
  bytes.writeUInt16LE(2, 22);
  bytes.writeUInt32LE(FRAMES_PER_SECOND, 24);
  bytes.writeUInt32LE(FRAMES_PER_SECOND * 8, 28);
  bytes.writeUInt16LE(8, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * 8, 40);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset + 44, frames * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    samples[frame * 2] = samples[frame * 2 + 1] = (sign * frame) / FRAMES_MAX;
  }
  return bytes;
}

const now = () => performance.timeOrigin + performance.now();

/** Serves the bytes of a track, ranges included. */
function serveBytes(request, response, bytes, type) {
  const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '');
  const headers = { 'content-type': type, 'accept-ranges': 'bytes', etag: `"${bytes.length}"` };
  if (!range) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.end(bytes);
    return;
  }
  const from = Number(range[1]);
  const to = range[2] ? Number(range[2]) : bytes.length - 1;
  response.writeHead(206, {
    ...headers,
    'content-range': `bytes ${from}-${to}/${bytes.length}`,
    'content-length': to - from + 1
  });
  response.end(bytes.subarray(from, to + 1));
}

/** Starts a nest that plays the tracks in turn. */
export async function startNest({ trackSeconds, leadMs = 300 }) {
  const folder = new URL('.', import.meta.url).pathname;
  const bundle = await build({
    entryPoints: [`${folder}page.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false
  });
  const files = new Map([
    ['/', ['text/html', readFileSync(`${folder}page.html`)]],
    ['/page.js', ['text/javascript', Buffer.from(bundle.outputFiles[0].contents)]],
    ['/probe.js', ['text/javascript', readFileSync(`${folder}probe.js`)]],
    ['/favicon.ico', ['image/x-icon', Buffer.alloc(0)]]
  ]);
  const tracks = trackSeconds.map((seconds, index) => rampWav(seconds, index % 2 ? -1 : 1));
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    const track = /^\/track\/(\d+)$/.exec(path);
    if (track) return serveBytes(request, response, tracks[Number(track[1])], 'audio/wav');
    const [type, bytes] = files.get(path) ?? [];
    if (!bytes) return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': type }).end(bytes);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = new WebSocketServer({ server });
  let index = 0;
  let entryId = 1;
  let playback = { state: 'running', started_at_ms: now() + leadMs };
  let timer;
  const entry = (at, id) => ({
    id,
    track: {
      id: String(at),
      duration_ms: Math.round(trackSeconds[at % tracks.length] * 1000),
      stream_url: `/track/${at % tracks.length}`
    }
  });
  const state = () => ({
    playing: { entry: entry(index, entryId), playback },
    next: entry(index + 1, entryId + 1)
  });
  const publish = () => {
    clearTimeout(timer);
    if (playback.state === 'running') {
      const endsAt = playback.started_at_ms + entry(index, entryId).track.duration_ms;
      timer = setTimeout(() => advance(endsAt), Math.max(0, endsAt - now()));
    }
    const message = JSON.stringify({ nest: state() });
    for (const socket of sockets.clients) socket.send(message);
  };
  const advance = (startedAtMs) => {
    index += 1;
    entryId += 1;
    playback = { state: 'running', started_at_ms: Math.round(startedAtMs) };
    publish();
  };
  const position = () =>
    playback.state === 'running' ? now() - playback.started_at_ms : playback.position_ms;
  sockets.on('connection', (socket) => {
    socket.send(JSON.stringify({ nest: state() }));
    socket.on('message', (text) => {
      const received_us = Math.round(now() * 1000);
      const { id } = JSON.parse(text);
      socket.send(JSON.stringify({ id, clock: { received_us, sent_us: Math.round(now() * 1000) } }));
    });
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    now,
    skip: () => advance(now() + leadMs),
    pause: () => {
      playback = { state: 'paused', position_ms: Math.round(position()) };
      publish();
    },
    resume: () => {
      playback = { state: 'running', started_at_ms: Math.round(now() + leadMs - position()) };
      publish();
    },
    seek: (positionMs) => {
      playback = { state: 'running', started_at_ms: Math.round(now() + leadMs - positionMs) };
      publish();
    },
    close: async () => {
      clearTimeout(timer);
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
