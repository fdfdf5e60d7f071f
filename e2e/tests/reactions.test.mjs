/**
 * What people do while they listen together: jams, comments, horns, and how loud the room is.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

const SOUNDS = 27;

let scene;
let tracks;
before(async () => {
  scene = await Scene.open();
  // The longest plays while the others wait.
  tracks = (await scene.tracks(3)).sort((one, other) => other.duration_ms - one.duration_ms);
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

const home = (visitor) => visitor.page.goto(`${scene.server.url}/nest/main`);
const stage = (visitor) => visitor.page.getByRole('region', { name: 'Listen' });
const jamOn = (visitor, title) => visitor.page.getByRole('button', { name: new RegExp(`^Jam along to ${title}`) });
const pressed = (button, is) =>
  eventually(`it is ${is ? '' : 'not '}pressed`, async () => (await button.getAttribute('aria-pressed')) === String(is));

/** Two people in the main nest, where the first track plays and Grace's waits. */
async function together() {
  await scene.play(tracks[0].id);
  const grace = await scene.member('Grace');
  const henry = await scene.member('Henry');
  for (const visitor of [grace, henry]) await home(visitor);
  await grace.add(tracks[1].title);
  await henry.queue().filter({ hasText: tracks[1].title }).waitFor();
  return { grace, henry };
}

async function talk(visitor, title) {
  await visitor.page.getByRole('button', { name: new RegExp(`^Comments on ${title}`) }).click();
  const dialog = visitor.page.getByRole('dialog', { name: `On “${title}”` });
  await dialog.waitFor();
  return dialog;
}

async function horns(visitor) {
  await visitor.page.getByRole('button', { name: 'Horns', exact: true }).click();
  const dialog = visitor.page.getByRole('dialog', { name: 'Horns' });
  await dialog.getByRole('button', { name: 'Duck' }).waitFor();
  return dialog;
}

test('a jam shows with its face for everybody, is told to whoever added the song, and is taken back', async () => {
  const { grace, henry } = await together();
  const { title } = tracks[1];
  const button = jamOn(henry, title);
  await button.click();
  await pressed(button, true);
  await grace.page.getByText(`Henry jams along to your ${title}`).waitFor();
  const row = grace.queue().filter({ hasText: title });
  await row.getByText(`Who jams along to ${title}: Henry`).waitFor({ state: 'attached' });
  await pressed(jamOn(grace, title), false);
  await button.click();
  await pressed(button, false);
  await eventually('it is gone there too', async () => (await row.getByText('Who jams along').count()) === 0);
});

test('what plays can be jammed along to, and keeps its jams in the history', async () => {
  const { henry } = await together();
  const { title } = tracks[0];
  const button = stage(henry).getByRole('button', { name: new RegExp(`^Jam along to ${title}`) });
  await button.click();
  await pressed(button, true);
  await scene.act('skip', {});
  await henry.page.goto(`${scene.server.url}/nest/main/history`);
  await henry.page.getByText(/1 jams along/).first().waitFor();
});

test('people talk about a song, live, and see markup as the text it is', async () => {
  const { grace, henry } = await together();
  const { title } = tracks[1];
  const [hers, his] = [await talk(grace, title), await talk(henry, title)];
  await hers.getByLabel('Say something').fill('For the <b>birds</b> 🐦 أغنية');
  await hers.getByRole('button', { name: 'Say it' }).click();
  await his.getByText('For the <b>birds</b> 🐦 أغنية', { exact: true }).waitFor();
  assert.equal(await his.locator('b').count(), 0);
  await eventually('the line is free again', async () => (await hers.getByLabel('Say something').inputValue()) === '');
  // The adder's own words stand under the title, for everybody.
  await henry.page.keyboard.press('Escape');
  await henry.queue().filter({ hasText: title }).getByText('For the <b>birds</b> 🐦 أغنية').waitFor();
  // Nobody but the author and the host takes them away.
  const again = await talk(henry, title);
  assert.equal(await again.getByRole('button', { name: /Remove the comment/ }).count(), 0);
  await hers.getByRole('button', { name: 'Remove the comment of Grace' }).click();
  await again.getByText('Nobody has said anything yet.').waitFor();
});

test('a comment that is too long is counted and cannot be sent', async () => {
  const { grace } = await together();
  const dialog = await talk(grace, tracks[1].title);
  const field = dialog.getByLabel('Say something');
  await field.fill('🎺'.repeat(270));
  await dialog.getByText('10 characters left').waitFor();
  await field.fill('🎺'.repeat(282));
  await dialog.getByText('2 characters too many').waitFor();
  assert.ok(await dialog.getByRole('button', { name: 'Say it' }).isDisabled());
  await field.fill('🎺'.repeat(280));
  await dialog.getByRole('button', { name: 'Say it' }).click();
  await dialog.getByRole('log').getByText('🎺'.repeat(280)).waitFor();
});

test('a horn is heard over the music by whoever listens, and by nobody else', async () => {
  const { grace, henry } = await together();
  const asked = { grace: [], henry: [] };
  for (const [name, visitor] of Object.entries({ grace, henry }))
    visitor.page.on('request', (request) => {
      if (/\/horns\/\w+\.wav/.test(request.url())) asked[name].push(new URL(request.url()).pathname);
    });
  await henry.listen();
  const dialog = await horns(grace);
  assert.equal(await dialog.getByRole('group', { name: 'Sounds' }).getByRole('button').count(), SOUNDS + 1);
  await dialog.getByRole('button', { name: 'Duck' }).click();
  await eventually('his device asks for the sound', () => asked.henry.includes('/api/v1/horns/duck.wav'));
  assert.deepEqual(asked.grace, [], 'she does not listen');
  await henry.page.getByText('Grace blew a horn: Duck').waitFor();
  await dialog.getByText('You · Duck').waitFor();
  // The music goes on.
  await henry.inStep();
  // Heard once, it is not loaded again.
  await dialog.getByRole('button', { name: 'Duck' }).click();
  await eventually('both are told of', async () => (await scene.nest()).horns.length >= 2);
  assert.equal(asked.henry.length, 1);
});

test('a horn only for me is loaded, and nobody hears of it', async () => {
  const { grace } = await together();
  const before = (await scene.nest()).horns.length;
  const dialog = await horns(grace);
  await dialog.getByRole('switch', { name: 'Only for me' }).check();
  const loaded = grace.page.waitForResponse((answer) => answer.url().includes('/horns/gong.wav'));
  await dialog.getByRole('button', { name: 'Gong' }).click();
  assert.equal((await loaded).status(), 200);
  assert.equal((await scene.nest()).horns.length, before);
});

test('whose horns are muted is remembered on this device', async () => {
  const { grace, henry } = await together();
  await scene.act('horn', { sound: 'goat' });
  const dialog = await horns(henry);
  const mute = dialog.getByRole('button', { name: 'Mute the horns of Ada' }).first();
  await mute.click();
  await pressed(mute, true);
  await henry.page.reload();
  const again = await horns(henry);
  await pressed(again.getByRole('button', { name: 'Mute the horns of Ada' }).first(), true);
  await grace.page.getByRole('button', { name: 'Horns', exact: true }).click();
  await pressed(
    grace.page.getByRole('dialog', { name: 'Horns' }).getByRole('button', { name: 'Mute the horns of Ada' }).first(),
    false
  );
});

test('hands stay on the keyboard: J jams along to what plays, H opens the horns, from any page', async () => {
  const { henry } = await together();
  const { title } = tracks[0];
  await henry.page.keyboard.press('j');
  await pressed(stage(henry).getByRole('button', { name: new RegExp(`^Jam along to ${title}`) }), true);
  await henry.page.getByRole('link', { name: 'Library' }).click();
  await henry.page.getByRole('searchbox').waitFor();
  await henry.page.keyboard.press('h');
  await henry.page.getByRole('dialog', { name: 'Horns' }).getByRole('button', { name: 'Duck' }).waitFor();
  assert.equal(new URL(henry.page.url()).pathname, '/nest/main');
  await henry.page.keyboard.press('Escape');
  await henry.page.getByRole('dialog', { name: 'Horns' }).waitFor({ state: 'hidden' });
});

test('a loved song earns whoever added it a free horn', async () => {
  await scene.act('configure', { free_horn_jams: 1 });
  const { grace, henry } = await together();
  const { title } = tracks[1];
  await jamOn(henry, title).click();
  await grace.page.getByText(`Your ${title} is loved: you have earned a free horn.`).waitFor();
  const dialog = await horns(grace);
  await dialog.getByText(/You have 1 free horn/).waitFor();
  await scene.act('configure', { free_horn_jams: 5 });
});

test('the room’s volume is followed by whoever wants to, and a hand on one’s own ends that', async () => {
  const { grace, henry } = await together();
  const own = async (visitor) => Number(await visitor.page.getByRole('slider', { name: 'Volume', exact: true }).inputValue());
  for (const visitor of [grace, henry]) await visitor.page.getByRole('button', { name: 'Sound and timing' }).click();
  await grace.page.getByRole('switch', { name: 'This device follows it' }).check();
  await scene.act('volume', { percent: 30 });
  await eventually('hers follows', async () => (await own(grace)) === 0.3);
  assert.equal(await own(henry), 0.8);
  const slider = henry.page.getByRole('slider', { name: 'Volume of the room' });
  await slider.fill('60');
  await slider.dispatchEvent('change');
  await eventually('the room is louder', async () => (await scene.nest()).volume_percent === 60);
  await eventually('hers is too', async () => (await own(grace)) === 0.6);
  await grace.page.keyboard.press('Escape');
  await grace.page.getByRole('slider', { name: 'Volume', exact: true }).fill('0.5');
  await scene.act('volume', { percent: 90 });
  await eventually('the room is loud', async () => (await scene.nest()).volume_percent === 90);
  assert.equal(await own(grace), 0.5);
});

test('what one may not do is said when one tries', async () => {
  await scene.act('configure', { member_actions: ['add', 'vote'] });
  const { henry } = await together();
  const { title } = tracks[1];
  const button = jamOn(henry, title);
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  // Playwright waits for what is disabled to become otherwise; people do not.
  await button.click({ force: true });
  await henry.page.getByText('You may not do that here.').first().waitFor();
  await pressed(button, false);
  const dialog = await talk(henry, title);
  await dialog.getByText('You may not do that here.').waitFor();
  assert.equal(await dialog.getByLabel('Say something').count(), 0);
  await henry.page.keyboard.press('Escape');
  const panel = await horns(henry);
  assert.ok(await panel.getByRole('button', { name: 'Duck' }).isDisabled());
  await panel.getByRole('switch', { name: 'Only for me' }).check();
  assert.ok(await panel.getByRole('button', { name: 'Duck' }).isEnabled());
});
