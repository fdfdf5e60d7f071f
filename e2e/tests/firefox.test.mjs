/**
 * A second engine: the main job in Firefox, beside somebody in Chromium.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Firefox } from '../support/firefox.mjs';
import { eventually, Scene } from '../support/scene.mjs';

let scene;
let firefox;
let tracks;
before(async () => {
  [scene, firefox] = await Promise.all([Scene.open(), Firefox.launch()]);
  tracks = await scene.tracks(3);
  await scene.play(...tracks.slice(0, 3).map(({ id }) => id));
});
after(async () => {
  await firefox?.close();
  await scene?.close();
});

/**
 * Without a sound card Firefox keeps Web Audio asleep, and the element that plays instead stands still whenever the
 * machine is starved: each time it has to come into step anew.
 */
const IN_STEP_TIMEOUT_MS = 60_000;

const says = (text) => `document.body.innerText.includes(${JSON.stringify(text)})`;

test('a newcomer with Firefox joins and sees the nests', async () => {
  await firefox.open(await scene.invitation());
  await firefox.press('textbox', 'Your name');
  await firefox.type('Grace');
  await firefox.press('button', 'Join');
  await firefox.until('the home page', `location.pathname === '/' && ${says('Nests')} && ${says(tracks[0].title)}`);
});

test('Firefox hears the nest in step', async () => {
  await firefox.press('link', 'Nests');
  await firefox.evaluate(`document.querySelector('main a[href="/nest/main"]').click()`);
  await firefox.until('the nest', says('Up next'));
  await firefox.press('button', 'Listen');
  await firefox.until('in step', `/In step/.test(document.body.innerText)`, IN_STEP_TIMEOUT_MS);
});

test('a vote made in Firefox counts for everybody', async () => {
  const last = (await scene.nest()).queue.at(-1);
  await firefox.press('button', `Vote ${last.track.title} up`);
  await eventually('the vote', async () =>
    (await scene.nest()).queue.some(({ id, tally }) => id === last.id && tally === 1)
  );
  await firefox.until(
    'the vote is shown',
    `document.querySelector(${JSON.stringify(`[aria-label="Vote ${last.track.title} up"]`)}).ariaPressed === 'true'`
  );
});

test('Firefox follows when somebody else skips', async () => {
  const { playing, queue } = await scene.nest();
  await scene.act('skip', { entry: playing.entry.id });
  await firefox.until(
    'the next song',
    `document.querySelector('section[aria-label="Listen"] h2').textContent === ${JSON.stringify(queue[0].track.title)}`
  );
  await firefox.until('in step again', `/In step/.test(document.body.innerText)`, IN_STEP_TIMEOUT_MS);
});

test('Firefox found nothing to complain of', () => {
  assert.deepEqual(firefox.faults, []);
});
