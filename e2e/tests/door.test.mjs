/**
 * A nest's door: a word that leads to it, a lock, and who is put out, set by whoever hosts it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let scene;
let grace;
let code;
before(async () => {
  scene = await Scene.open();
  grace = await scene.member('Grace');
  await grace.page.goto(`${scene.server.url}/`);
  // Without a name the server finds one.
  await (await opening(grace)).getByRole('button', { name: 'Open' }).click();
  await grace.page.waitForURL(/\/nest\/[A-Z2-9]{5}$/);
  code = grace.page.url().slice(-5);
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

/** The dialog that opens a nest. */
async function opening({ page }) {
  await page.getByRole('button', { name: 'Open one' }).click();
  return page.getByRole('dialog', { name: 'Open a nest' });
}

/** Opens the settings of the nest. */
async function settings({ page }) {
  await page.goto(`${scene.server.url}/nest/${code}`);
  await page.getByRole('button', { name: 'Nest settings' }).click();
  return page.getByRole('dialog', { name: 'Nest settings' });
}

test('a nest that was given no name has one', async () => {
  const { name } = (await scene.nest(code)).settings;
  assert.ok(name.length > 3, name);
  await grace.page.getByRole('heading', { level: 1, name }).waitFor();
});

test('a word leads to the nest, is on its link, and is refused beside its field', async () => {
  const panel = await settings(grace);
  const field = panel.getByLabel('Address', { exact: true });
  const save = panel.locator('form').filter({ has: grace.page.getByLabel('Address', { exact: true }) }).getByRole('button', { name: 'Save' });
  await field.fill('zwölf');
  await save.click();
  await panel.getByText(/^That can be no address/).waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  grace.expectedStatuses.add(422);
  await field.fill('library');
  await save.click();
  await panel.getByText(/^That cannot be right: /).waitFor();
  await field.fill('friday-night');
  await save.click();
  await eventually('it is set', async () => (await scene.nest(code)).settings.slug === 'friday-night');
  await grace.page.keyboard.press('Escape');
  await grace.page.getByRole('button', { name: 'Share' }).click();
  const share = grace.page.getByRole('dialog', { name: 'Invite people in' });
  assert.equal(
    await share.getByLabel('Link', { exact: true }).inputValue(),
    `${scene.server.url}/friday-night`
  );
});

test('people come by the word', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/`);
  await page.getByLabel('Code or link').fill('friday-night');
  await page.getByRole('button', { name: 'Join' }).click();
  await page.waitForURL(`**/nest/${code}`);
  await page.getByRole('button', { name: 'Nest settings' }).waitFor();
});

test('nobody else comes into a locked nest, and everybody sees that it is locked', async () => {
  const ben = await scene.member('Ben');
  await ben.page.goto(`${scene.server.url}/nest/${code}`);
  await ben.page.getByRole('button', { name: 'Share' }).waitFor();
  const panel = await settings(grace);
  await panel.getByRole('switch', { name: 'Lock the nest' }).check();
  await ben.page.getByText('Locked', { exact: true }).waitFor();
  await ben.page.getByText('Grace locked the nest').waitFor();
  const carol = await scene.member('Carol');
  carol.expectedStatuses.add(403);
  await carol.page.goto(`${scene.server.url}/nest/${code}`);
  await carol.page.getByRole('heading', { name: 'The nest is locked' }).waitFor();
  const stranger = await scene.visitor();
  stranger.expectedStatuses.add(401).add(403).add(404);
  await stranger.page.goto(`${scene.server.url}/nest/${code}`);
  await stranger.page.getByLabel('Your name').fill('Stranger');
  await stranger.page.getByRole('button', { name: 'Enter' }).click();
  await stranger.page.getByRole('heading', { name: 'The nest is locked' }).waitFor();
  await panel.getByRole('switch', { name: 'Lock the nest' }).uncheck();
  await ben.page.getByText('Grace unlocked the nest').waitFor();
  await carol.page.getByRole('button', { name: 'Try again' }).click();
  await carol.page.getByRole('button', { name: 'Share' }).waitFor();
});

test('somebody is put out after a question, and let in again', async () => {
  const dan = await scene.member('Dan');
  dan.expectedStatuses.add(403);
  await dan.page.goto(`${scene.server.url}/nest/${code}`);
  await dan.page.getByRole('button', { name: 'Share' }).waitFor();
  const panel = await settings(grace);
  await panel.getByRole('button', { name: 'Put Dan out' }).click();
  const question = grace.page.getByRole('dialog', { name: 'Put Dan out?' });
  await question.getByRole('button', { name: 'Put out' }).click();
  await dan.page.getByRole('heading', { name: 'You are outside' }).waitFor();
  await dan.page.getByText(/^The host put you out/).waitFor();
  const back = panel.getByRole('button', { name: 'Let Dan in again' });
  await back.waitFor();
  assert.equal(await grace.page.evaluate(() => document.activeElement?.textContent), 'The door');
  await back.click();
  await back.waitFor({ state: 'hidden' });
  await dan.page.getByRole('button', { name: 'Try again' }).click();
  await dan.page.getByRole('button', { name: 'Share' }).waitFor();
});

test('the door is the host’s: members do not see it, and the main nest has no lock', async () => {
  await scene.act('configure', { member_actions: ['configure'] });
  const erin = await scene.member('Erin');
  await erin.page.goto(`${scene.server.url}/nest/main`);
  await erin.page.getByRole('button', { name: 'Nest settings' }).click();
  await erin.page.getByText('Who may do what').waitFor();
  assert.equal(await erin.page.getByText('The door', { exact: true }).count(), 0);
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/nest/main`);
  await page.getByRole('button', { name: 'Nest settings' }).click();
  await page.getByText('The door', { exact: true }).waitFor();
  assert.equal(await page.getByRole('switch', { name: 'Lock the nest' }).count(), 0);
});

test('a nest is opened with a name, a word that no other has, and a song to begin from', async () => {
  const henry = await scene.member('Henry');
  const [song, other] = await scene.tracks(2);
  await scene.act('configure', { slug: 'supper' }, code);
  const { page } = henry;
  await page.goto(`${scene.server.url}/`);
  const dialog = await opening(henry);
  const open = dialog.getByRole('button', { name: 'Open' });
  const word = dialog.getByLabel('Address', { exact: true });
  await dialog.getByLabel('Name of the nest').fill('Henry’s kitchen');

  await word.fill('zwölf');
  await dialog.getByText('That can be no address').waitFor();
  await open.click();
  assert.ok(page.url().endsWith('/'), 'nothing was opened');

  henry.expectedStatuses.add(409);
  await word.fill('Supper');
  await open.click();
  await dialog.getByText('Another nest has this address.').waitFor();
  assert.ok(await word.evaluate((field) => field === document.activeElement), 'the field has the focus');

  const search = dialog.getByRole('combobox', { name: 'A song to begin from' });
  await search.fill(other.title);
  await search.press('Enter');
  await dialog.getByRole('button', { name: `Not ${other.title}` }).click();
  await search.fill(song.title);
  await dialog.getByRole('option', { name: song.title }).click();
  await word.fill('late-supper');
  const asked = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/api/v1/nests'));
  await open.click();
  await page.waitForURL(/\/nest\/[A-Z2-9]{5}$/);
  const opened = page.url().slice(-5);
  await page.getByRole('heading', { level: 1, name: 'Henry’s kitchen' }).waitFor();
  const { settings } = await scene.nest(opened);
  assert.equal(settings.slug, 'late-supper');
  assert.equal((await asked).postDataJSON().seed_track_id, song.id);
});

test('a stranger sees the cover and the faces of an open nest, and nothing of a locked one', async () => {
  const [song] = await scene.tracks(2);
  await scene.play(song.id);
  await scene.administrator.page.goto(`${scene.server.url}/nest/main`);
  await scene.administrator.page.getByRole('heading', { level: 1 }).waitFor();
  const stranger = await scene.visitor();
  await stranger.page.goto(`${scene.server.url}/nest/main`);
  await stranger.page.getByText(song.title).waitFor();
  await stranger.page.getByText(/^[1-9]\d* listening$/).waitFor();
  const cover = stranger.page.locator('.seen img');
  await eventually('the cover is drawn', () => cover.evaluate((one) => one.naturalWidth > 0));
  assert.equal(await cover.evaluate((one) => new URL(one.src).origin), scene.server.url);

  await scene.act('lock', {}, code);
  stranger.expectedStatuses.add(404);
  await stranger.page.goto(`${scene.server.url}/nest/${code}`);
  await stranger.page.getByText('What plays is seen by whoever comes in.').waitFor();
  assert.equal(await stranger.page.locator('.faces').count(), 0);
});
