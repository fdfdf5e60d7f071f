/**
 * A data folder to begin from: the demo pieces, ready to be played, and Ada, who administers. Made once for each binary
 * and kept beside it; a copy of a data folder is the whole server, and making music takes longer than most tests.
 */
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { BINARY, Server } from './server.mjs';

const KEPT = fileURLToPath(new URL('../../target/e2e/', import.meta.url));
const PIECES = 10;
const TIMEOUT_MS = 300_000;

/** Its folder, and the cookie that makes a browser Ada's. */
export async function furnished() {
  const { mtimeMs, size } = await stat(BINARY);
  const name = `demo-${Math.floor(mtimeMs)}-${size}`;
  const place = join(KEPT, name);
  const known = () => readFile(join(place, 'cookie.json'), 'utf8').then(JSON.parse, () => null);
  if (!(await known())) await furnish(name, place);
  return { data: join(place, 'data'), cookie: await known() };
}

/** Makes it. Whoever is quicker wins. */
async function furnish(name, place) {
  await mkdir(KEPT, { recursive: true });
  for (const old of await readdir(KEPT))
    if (!old.startsWith(name)) await rm(join(KEPT, old), { recursive: true, force: true });
  const making = await mkdtemp(`${place}-`);
  const server = await Server.start({ demo: true });
  try {
    const cookie = await moveIn(server);
    await music(server, cookie);
    await server.end();
    await cp(server.data, join(making, 'data'), { recursive: true });
    await writeFile(join(making, 'cookie.json'), JSON.stringify(cookie));
    await rename(making, place).catch(() => rm(making, { recursive: true }));
  } finally {
    await server.remove();
  }
}

/** Becomes the administrator by the link of the first run, as the page does. */
async function moveIn(server) {
  const answer = await fetch(`${server.url}/api/v1/setup`, {
    method: 'POST',
    body: JSON.stringify({ token: new URL(server.firstRunUrl).hash.slice(1), name: 'Ada' }),
    headers: { 'content-type': 'application/json', origin: server.url }
  });
  if (!answer.ok) throw new Error(`nobody could move in: ${answer.status} ${await answer.text()}`);
  const [pair] = answer.headers.get('set-cookie').split(';');
  const cut = pair.indexOf('=');
  return { name: pair.slice(0, cut), value: pair.slice(cut + 1) };
}

/** Waits until every piece can be played and is known by its loudness. */
async function music(server, { name, value }) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const answer = await fetch(`${server.url}/api/v1/tracks?limit=100`, { headers: { cookie: `${name}=${value}` } });
    const { tracks } = await answer.json();
    const ready = tracks.filter((track) => track.playable.state === 'ready' && track.loudness_lufs !== null);
    if (ready.length >= PIECES && ready.length === tracks.length) return;
    if (Date.now() > deadline) throw new Error(`${ready.length} of the demo's pieces are ready`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
