/**
 * Networks fail and servers restart; nobody has to reload for it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';
import { tone } from '../support/sounds.mjs';

let scene;
let ada;
let grace;
let tracks;
before(async () => {
  scene = await Scene.open();
  tracks = [await scene.upload('One.wav', tone(120, 330)), await scene.upload('Two.wav', tone(120, 660))];
  ada = scene.administrator;
  grace = await scene.member('Grace');
  await scene.play(tracks[0].id);
  for (const visitor of [ada, grace]) await visitor.page.goto(`${scene.server.url}/nest/main`);
  await grace.listen();
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

test('what was loaded plays on without a network, and the page says what is the matter', async () => {
  await grace.cut(true);
  await grace.page.getByText(/^You are offline/).waitFor();
  await grace.page.getByText('Offline, still playing').first().waitFor({ timeout: 40_000 });
  assert.ok(await grace.page.evaluate('e2e.loudness() > 0.05'));
});

test('what happened meanwhile is there when the network is back, without a reload', async () => {
  await scene.act('add', { track_id: tracks[1].id });
  assert.equal(await grace.queue().count(), 0);
  await grace.cut(false);
  await grace.queue().filter({ hasText: 'Two' }).waitFor({ timeout: 40_000 });
  await grace.inStep(40_000);
});

test('a restart of the server loses nothing that was accepted, and pages come back by themselves', async () => {
  for (const visitor of [ada, grace]) visitor.networkCut = true;
  await scene.server.end('SIGKILL');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await scene.server.run();
  await eventually('Ada is back', async () => (await scene.nest()).queue.length === 1, 40_000);
  await scene.act('skip');
  await eventually('Grace hears of it', async () => (await grace.nowPlaying().innerText()) === 'Two', 40_000);
  await grace.inStep(40_000);
  await eventually('sound', () => grace.page.evaluate('e2e.loudness() > 0.05'));
});
