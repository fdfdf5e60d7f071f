/**
 * An evening in the main nest, for pictures: people who queue, jam along and talk, and a month that went before.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './scene.mjs';

const DAY_MS = 86_400_000;
const DAYS = 45;
const FRIENDS = ['Grace', 'Ben', 'Chloë'];
const PAST = ['ada', 'grace', 'ben', 'chloë', 'dmitri', 'esra'];

/** A number from 0 to 1 that is the same in every run. */
const chance = (seed) => Math.abs(Math.sin(seed * 12.9898) * 43_758.5453) % 1;

/** A month of evenings, as EchoNest would have kept them: more on Fridays, hardly any on Sundays. */
function pastDay(at, songs) {
  const weekday = new Date(at).getUTCDay();
  const count = Math.round([1, 5, 9, 12, 14, 22, 8][weekday] * (0.6 + chance(at / DAY_MS) * 0.8));
  return Array.from({ length: count }, (_, index) => {
    const seed = at / DAY_MS + index * 7.3;
    const song = songs[Math.floor(chance(seed) ** 1.6 * songs.length)];
    const start = new Date(at + (16 + (index / count) * 7.5) * 3_600_000).toISOString().slice(0, 19);
    const user = PAST[Math.floor(chance(seed + 1) ** 1.5 * PAST.length)];
    return JSON.stringify({
      airhorn: [],
      artist: song.artist,
      auto: false,
      comments: [],
      duration: Math.round(song.duration_ms / 1000),
      id: `${index}`,
      jam: [],
      paused: false,
      pos: 0,
      src: 'spotify',
      starttime: start,
      title: song.title,
      trackid: `spotify:track:${song.id.slice(-22).padStart(22, '0')}`,
      user: `${user}@example.org`,
      vote: `${Math.floor(chance(seed + 2) * 3)}`
    });
  });
}

/** The nest has a past. */
export async function past(scene) {
  const songs = await scene.tracks(6);
  const folder = await mkdtemp(join(tmpdir(), 'rookery-past-'));
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  for (let ago = DAYS; ago > 0; ago -= 1) {
    const at = today - ago * DAY_MS;
    const day = new Date(at).toISOString().slice(0, 10).replaceAll('-', '_');
    await writeFile(join(folder, `play_log_${day}.json`), `${pastDay(at, songs).join('\n')}\n`);
  }
  await scene.server.importPlayLogs(folder);
  await rm(folder, { recursive: true });
}

/** People come and stay. */
export async function company(scene) {
  const friends = [];
  for (const name of FRIENDS) {
    const friend = await scene.member(name);
    await friend.page.goto(`${scene.server.url}/nest/main`);
    friends.push(friend);
  }
  return friends;
}

/** Songs of everybody play and wait, loved and talked about, and the nest has something in mind for later. */
export async function evening(scene, friends) {
  const everybody = [scene.administrator, ...friends];
  const songs = await scene.tracks(8);
  const post = (who, command, body) =>
    who.api(`/nests/main/${command}`, { method: 'POST', body: JSON.stringify(body) });
  await scene.play(songs[0].id);
  for (const [at, song] of songs.slice(1, 5).entries()) {
    await post(everybody[(at + 1) % everybody.length], 'add', { track_id: song.id });
  }
  // The library is small: what was heard earlier may come again.
  const { autofill_rules } = (await scene.nest()).settings;
  await scene.act('configure', { autofill: true, autofill_rules: { ...autofill_rules, filter_days: 0 } });
  const { playing, queue } = await scene.nest();
  for (const friend of friends) await post(friend, 'jam', { entry: playing.entry.id, on: true });
  await post(friends[0], 'comment', { entry: playing.entry.id, text: 'The strings! Wait for it.' });
  await post(friends[1], 'comment', { entry: playing.entry.id, text: 'Every single time.' });
  for (const [at, entry] of queue.slice(0, 3).entries()) {
    for (const friend of friends.slice(0, 3 - at)) {
      if (entry.added_by.id !== (await friend.api('/session')).body.person.id) {
        await post(friend, 'jam', { entry: entry.id, on: true });
        if (at === 0) await post(friend, 'vote', { entry: entry.id, direction: 'up' });
      }
    }
  }
  await eventually('a preview', async () => (await scene.nest()).autofill.preview);
  await scene.act('seek', { position_ms: 14_000 });
}
