/**
 * How people come in: the first one, the invited, guests, and the same person on another device.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, Visitor } from '../support/browser.mjs';
import { Server } from '../support/server.mjs';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let server;
let scene;
before(async () => {
  server = await Server.start({ demo: true });
  scene = await Scene.open();
});
after(async () => {
  await scene?.close();
  await server?.remove();
});
visitorsLeaveAfterEach(() => scene);

test('from the first link to hearing music in step takes a name and one press', async () => {
  const browser = await launch();
  const ada = await Visitor.enter(browser);
  try {
    const startedAt = Date.now();
    await ada.moveIn(server);
    await eventually('something to hear', async () => {
      const { body } = await ada.api('/nests/main');
      if (body.state.playing) return true;
      const { body: library } = await ada.api('/tracks');
      const track = library.tracks.find(({ playable }) => playable.state === 'ready');
      if (track)
        await ada.api('/nests/main/add', { method: 'POST', body: JSON.stringify({ track_id: track.id }) });
      return false;
    });
    await ada.listen();
    await eventually('sound', () => ada.page.evaluate('e2e.loudness() > 0.005'));
    assert.ok(Date.now() - startedAt < 30_000);
    assert.match(await ada.nowPlaying().innerText(), /\S/);
  } finally {
    await ada.leave().finally(() => browser.close());
  }
});

test('the first link makes one administrator and no more', async () => {
  const late = await scene.visitor();
  await late.page.goto(server.firstRunUrl);
  await late.page.getByText('This rookery has its administrator already.').waitFor();
});

test('somebody unknown is told how to come in and sees no music', async () => {
  const stranger = await scene.visitor();
  await stranger.page.goto(scene.server.url);
  await stranger.page.getByRole('heading', { name: 'Listen together, in step' }).waitFor();
  stranger.expectedStatuses.add(401);
  assert.equal((await stranger.api('/tracks')).status, 401);
});

test('an invitation made in the settings brings in one member', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/settings`);
  await page.getByRole('button', { name: 'Create link' }).click();
  const link = await page.getByRole('textbox', { name: 'Invitation link, shown once' }).inputValue();
  assert.match(link, /\/join#\S+$/);
  const grace = await scene.visitor();
  await grace.page.goto(link);
  await grace.page.getByText(/^Ada invites you to/).waitFor();
  await grace.join(link, 'Grace');
  await grace.page.getByRole('link', { name: /Grace/ }).waitFor();
  const second = await scene.visitor();
  second.expectedStatuses.add(404).add(400).add(403).add(410);
  await second.page.goto(link);
  await second.page.getByText(/^This link does not work any more/).waitFor();
});

test('a guest follows a nest’s link, gives a name and hears it', async () => {
  const [track] = await scene.tracks(1);
  await scene.play(track.id);
  const guest = await scene.visitor();
  // Forbidden comes later, when the nest takes no guests any more.
  guest.expectedStatuses.add(401).add(403);
  await guest.page.goto(`${scene.server.url}/nest/main`);
  // What plays is seen before a name is given.
  await guest.page.getByText(track.title, { exact: true }).waitFor();
  await guest.lookIn(`${scene.server.url}/nest/main`, 'Passer-by');
  await guest.listen();
  assert.equal(await guest.page.getByRole('link', { name: 'Library' }).count(), 0);
});

test('a guest is turned away where guests may not come in', async () => {
  await scene.act('configure', { guests_allowed: false });
  const guest = await scene.visitor();
  // Nothing of such a nest is to be seen through its window.
  guest.expectedStatuses.add(401).add(403).add(404);
  await guest.page.goto(`${scene.server.url}/nest/main`);
  await guest.page.getByLabel('Your name').fill('Passer-by');
  await guest.page.getByRole('button', { name: 'Enter' }).click();
  await guest.page.getByRole('heading', { name: 'Members only' }).waitFor();
  await scene.act('configure', { guests_allowed: true });
});

test('a sign-in link makes another device the same person', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/settings`);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).first().inputValue();
  const phone = await scene.visitor({ viewport: { width: 390, height: 844 } });
  await phone.page.goto(link);
  await phone.page.getByRole('button', { name: 'Sign in as Ada' }).click();
  await phone.page.waitForURL((url) => url.pathname === '/');
  const { body } = await phone.api('/session');
  assert.equal(body.person.name, 'Ada');
  assert.equal(body.person.role, 'administrator');
});

test('whoever signs out is out', async () => {
  const brief = await scene.member('Brief');
  brief.expectedStatuses.add(401);
  await brief.page.goto(`${scene.server.url}/settings`);
  await brief.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await eventually('signed out', async () => (await brief.api('/session')).body.person === null || undefined);
  assert.equal((await brief.api('/tracks')).status, 401);
});
