/**
 * What a nest plays by itself: seen before it plays, with a reason, queued or filtered by people, and set by hosts.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let scene;
let usual;
before(async () => {
  scene = await Scene.open();
  await scene.tracks(4);
  usual = (await scene.nest()).settings.autofill_rules;
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

const rules = (changes) =>
  scene.act('configure', { autofill: true, autofill_rules: { ...usual, ...changes } });
const preview = (other) =>
  eventually('there is a preview', async () => {
    const { preview } = (await scene.nest()).autofill;
    return preview && preview.track.id !== other && preview;
  });
const region = (page) => page.getByRole('region', { name: 'Next, all by itself' });

test('everybody sees what comes next, and one of them queues it as their own', async () => {
  await rules({ depth: 1 });
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/nest/main`);
  const ben = await scene.member('Ben');
  await ben.page.goto(`${scene.server.url}/nest/main`);
  const { track, because } = await preview();
  await region(page).getByTitle(track.title, { exact: true }).waitFor();
  await region(ben.page).getByTitle(track.title, { exact: true }).waitFor();
  assert.ok(because.reason.kind);
  await region(ben.page)
    .getByRole('button', { name: `Queue ${track.title}`, exact: true })
    .click();
  const entry = await eventually('it is queued', async () => {
    const { queue, playing } = await scene.nest();
    const all = [...queue, ...(playing ? [playing.entry] : [])];
    return all.find((one) => one.track.id === track.id && one.added_by.name === 'Ben');
  });
  assert.equal(entry.jams[0].name, 'Ben');
  await preview(track.id);
});

test('what is filtered makes way for another, and guests are not asked', async () => {
  await scene.act('configure', { guests_allowed: true });
  const { page } = scene.administrator;
  const gus = await scene.visitor();
  gus.expectedStatuses.add(401);
  await gus.lookIn(`${scene.server.url}/nest/main`, 'Gus');
  const { track } = await preview();
  await region(gus.page).getByTitle(track.title, { exact: true }).waitFor();
  assert.equal(await gus.page.getByRole('button', { name: /^Filter / }).count(), 0);
  await region(page)
    .getByRole('button', { name: new RegExp(`^Filter ${track.title}`) })
    .click();
  await page.getByText(`${track.title} is not chosen again for 7 days.`).waitFor();
  await gus.page.getByText(`Ada filtered ${track.title}`).waitFor();
  await eventually('another or none', async () => {
    const now = (await scene.nest()).autofill.preview;
    return now?.track.id !== track.id;
  });
});

test('who filters by mistake takes it back by the notice, and hosts see what is kept out', async () => {
  const { page } = scene.administrator;
  const kept = async () => (await scene.administrator.api('/nests/main/filtered')).body.map(({ track }) => track.id);
  const filter = async () => {
    const { track } = await preview();
    await region(page)
      .getByRole('button', { name: new RegExp(`^Filter ${track.title}`) })
      .click();
    await eventually('it is kept out', async () => (await kept()).includes(track.id));
    return track;
  };
  await page.goto(`${scene.server.url}/nest/main`);
  const mistaken = await filter();
  const notice = page.getByRole('log').locator('div').filter({ hasText: `${mistaken.title} is not chosen` });
  await notice.getByRole('button', { name: 'Undo' }).click();
  await page.getByText(`${mistaken.title} may be chosen again.`).waitFor();
  assert.equal((await kept()).includes(mistaken.id), false);

  const meant = await filter();
  await page.getByRole('button', { name: 'Nest settings' }).click();
  const panel = page.getByRole('dialog', { name: 'Nest settings' });
  await panel.getByText('How it plays on by itself').click();
  await panel.getByText('Kept out', { exact: true }).click();
  const song = panel.getByRole('listitem').filter({ hasText: meant.title });
  await song.getByText(/By Ada, until /).waitFor();
  await song.getByRole('button', { name: `Let ${meant.title} in again` }).click();
  await song.waitFor({ state: 'detached' });
  await eventually('it may be chosen again', async () => !(await kept()).includes(meant.id));
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Kept out');
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'hidden' });
});

test('the song of a preview is a step away in the library', async () => {
  const { page } = scene.administrator;
  const { track } = await preview();
  await region(page)
    .getByRole('link', { name: `Find ${track.title} in the library` })
    .click();
  await page.waitForURL('**/library?find=*');
  assert.equal(await page.getByRole('searchbox').inputValue(), track.title);
  await page.getByTitle(track.title).or(page.getByText(track.title)).first().waitFor();
  await page.goBack();
});

test('a host sets how it plays on, by keyboard, and goes back to the usual', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/nest/main`);
  await page.getByRole('button', { name: 'Nest settings' }).click();
  const panel = page.getByRole('dialog', { name: 'Nest settings' });
  await panel.getByText('How it plays on by itself').click();
  const slider = panel.getByRole('slider', { name: 'Throwbacks' });
  await slider.focus();
  await slider.press('Home');
  assert.equal(await slider.getAttribute('aria-valuetext'), 'never');
  await panel.getByLabel('Rests after').selectOption({ label: '4 hours' });
  await panel.getByLabel('Songs kept ready').fill('2');
  const save = panel.getByRole('group').getByRole('button', { name: 'Save' });
  await save.click();
  await eventually('it is set', async () => {
    const now = (await scene.nest()).settings.autofill_rules;
    return now.weights.throwback === 0 && now.streak_minutes_max === 240 && now.depth === 2;
  });
  await panel.getByRole('button', { name: 'Reset to usual' }).click();
  await save.click();
  await eventually('it is as usual', async () => {
    const now = (await scene.nest()).settings.autofill_rules;
    assert.deepEqual(now.weights, usual.weights);
    return true;
  });
});

test('a nest that has played by itself for long says that it will rest, and goes on with a song of somebody', async () => {
  await rules({ depth: 10, streak_minutes_max: 1, filter_days: 0 });
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/nest/main`);
  await scene.act('clear');
  await scene.act('skip');
  // At once, or when what it has queued has played.
  const resting = page.getByRole('region', { name: /the nest takes a rest$/i });
  await resting.getByText(/1 minute.* Add a song, and it goes on\./).waitFor({ timeout: 60_000 });
  // With one song kept ready, that of a person is enough.
  await rules({ depth: 1, streak_minutes_max: 1, filter_days: 0 });
  await scene.act('clear');
  const [{ id }] = await scene.tracks(1);
  await scene.act('add', { track_id: id });
  await resting.waitFor({ state: 'hidden' });
  await region(page).waitFor();
});
