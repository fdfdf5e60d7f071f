// A development server that speaks the contract well enough to work on the interface: `npm run mock`, then `npm run dev`.
// `--lively` starts with music and people; `--build` also serves the built interface with the headers of the real server.
import { createServer } from 'node:http';
import { readFileSync, existsSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { extname, join } from 'node:path';
import { Refusal } from './nest.js';
import { routes } from './routes.js';
import { Socket } from './socket.js';
import { World } from './world.js';

const PORT = Number(process.env.PORT ?? 21700);
const flags = new Set(process.argv.slice(2));
const world = new World();
if (flags.has('--lively')) world.makeLively();

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json'
};

/** The policy of the real server; the hashes are those of the inline scripts in the built page. */
function policy(html) {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]);
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'"
  ].join('; ');
}

function serveBuild(path, response) {
  let file = join('build', path);
  if (!file.startsWith('build') || !existsSync(file) || statSync(file).isDirectory())
    file = 'build/index.html';
  const bytes = readFileSync(file);
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  if (file.endsWith('.html')) response.setHeader('content-security-policy', policy(bytes.toString()));
  response.end(bytes);
}

function sendBytes(request, response, bytes, type) {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  response.setHeader('content-type', type);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('etag', `"${bytes.length}"`);
  if (!range) return response.end(bytes);
  const from = Number(range[1]);
  const to = range[2] === '' ? bytes.length - 1 : Math.min(Number(range[2]), bytes.length - 1);
  response.writeHead(206, { 'content-range': `bytes ${from}-${to}/${bytes.length}` });
  response.end(bytes.subarray(from, to + 1));
}

async function answer(request, response, url) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const path = url.pathname.slice('/api/v1'.length);
  const json = request.headers['content-type'] === 'application/json' && raw.length > 0;
  try {
    for (const [method, pattern, route] of routes) {
      const match = request.method === method ? pattern.exec(path) : null;
      if (!match) continue;
      const body = json ? JSON.parse(raw.toString()) : null;
      const person = world.personOf(request);
      const result = route({ world, person, body, params: url.searchParams, match, raw });
      if (result.cookie) response.setHeader('set-cookie', result.cookie);
      if (result.bytes) return sendBytes(request, response, result.bytes, result.type);
      response.writeHead(result.status ?? 200, { 'content-type': 'application/json' });
      return response.end(result.body === undefined ? '' : JSON.stringify(result.body));
    }
    throw new Refusal('not_found', 404);
  } catch (error) {
    const refused = error instanceof Refusal;
    if (!refused) console.error(error);
    const { code, status } = refused ? error : { code: 'internal', status: 500 };
    response.writeHead(status, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ type: `/docs/problems#${code}`, title: code, status, code, detail: code }));
  }
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (url.pathname.startsWith('/api/v1/')) void answer(request, response, url);
  else if (url.pathname === '/playing/') {
    // What onlookers see of a nest that takes guests.
    const track = world.nest(url.searchParams.get('nest'))?.state.playing?.entry.track;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ title: track?.title ?? '', artist: track?.artist ?? '' }));
  } else if (flags.has('--build')) serveBuild(decodeURIComponent(url.pathname), response);
  else response.writeHead(404).end();
});
world.socket = new Socket(server, world);
server.listen(PORT, '127.0.0.1', () =>
  console.log(`mock on http://127.0.0.1:${PORT}, first run at /welcome#anything`)
);
