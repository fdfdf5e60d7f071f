/**
 * Pause, skip and seek act for everybody at once; the keyboard reaches all of it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';
import { tone } from '../support/sounds.mjs';

let scene;
let ada;
let grace;
let long;
before(async () => {
  scene = await Scene.open();
  long = [
    await scene.upload('Long low tone.wav', tone(90, 220)),
    await scene.upload('Long high tone.wav', tone(90, 880))
  ];
  ada = scene.administrator;
  grace = await scene.member('Grace');
  for (const visitor of [ada, grace]) {
    await visitor.page.goto(`${scene.server.url}/nest/main`);
    await visitor.page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  }
  await scene.play(long[0].id, long[1].id);
  await grace.listen();
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

/** What the page says the position is: a slider for those who may move it, a progress bar for the others. */
const positionMs = (visitor) =>
  visitor.page
    .getByRole('slider', { name: 'Position' })
    .or(visitor.page.getByRole('progressbar', { name: 'Position' }))
    .evaluate((node) => Number(node.value ?? node.getAttribute('aria-valuenow')));

test('a pause silences the other page and resuming brings the sound back', async () => {
  await eventually('sound', () => grace.page.evaluate('e2e.loudness() > 0.05'));
  await ada.page.getByRole('button', { name: 'Pause for everybody' }).click();
  await grace.page.getByRole('button', { name: 'Resume for everybody' }).waitFor();
  await eventually('silence', () => grace.page.evaluate('e2e.loudness() < 0.001'));
  const stoppedAt = await positionMs(grace);
  await grace.page.waitForTimeout(1_200);
  assert.equal(await positionMs(grace), stoppedAt);
  await grace.page.getByRole('button', { name: 'Resume for everybody' }).click();
  await ada.page.getByRole('button', { name: 'Pause for everybody' }).waitFor();
  await eventually('sound', () => grace.page.evaluate('e2e.loudness() > 0.05'));
  await grace.inStep();
  assert.ok(Math.abs((await positionMs(grace)) - stoppedAt) < 8_000);
});

test('a seek moves the other page', async () => {
  const slider = ada.page.getByRole('slider', { name: 'Position' });
  await slider.fill('60000');
  await slider.dispatchEvent('change');
  await eventually('the other page is there', async () => {
    const position = await positionMs(grace);
    return position >= 60_000 && position < 70_000;
  });
  await grace.inStep();
  assert.ok(Math.abs((await positionMs(grace)) - (await positionMs(ada))) < 1_500);
});

test('a skip starts the next song for everybody', async () => {
  assert.equal(await grace.nowPlaying().innerText(), long[0].title);
  await ada.page.getByRole('button', { name: 'Skip for everybody' }).click();
  await eventually('the next song', async () => (await grace.nowPlaying().innerText()) === long[1].title);
  await grace.inStep();
  assert.ok((await positionMs(grace)) < 10_000);
  await eventually('sound', () => grace.page.evaluate('e2e.loudness() > 0.05'));
});

test('the keyboard listens, mutes, pauses, searches and adds', async () => {
  const { page } = ada;
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('Space');
  await ada.inStep();
  await page.keyboard.press('m');
  await page.getByRole('button', { name: 'Unmute' }).waitFor();
  await eventually('silence', () => page.evaluate('e2e.loudness() < 0.001'));
  await page.keyboard.press('m');
  await eventually('sound', () => page.evaluate('e2e.loudness() > 0.05'));
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Resume for everybody' }).waitFor();
  await page.keyboard.press('p');
  await page.getByRole('button', { name: 'Pause for everybody' }).waitFor();
  await page.keyboard.press('/');
  const box = page.getByRole('combobox', { name: 'Add a song' });
  await eventually('the search has the focus', () => box.evaluate((node) => node === document.activeElement));
  await page.keyboard.type('Long low');
  await page.getByRole('option').first().filter({ hasText: long[0].title }).waitFor();
  await page.keyboard.press('Enter');
  await ada.queue().filter({ hasText: long[0].title }).waitFor();
  await page.keyboard.press('Escape');
  await box.blur();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
});

test('everything on the page can be reached by Tab, and the focus is seen', async () => {
  const { page } = ada;
  await page.reload();
  await page.getByRole('button', { name: 'Listen', exact: true }).waitFor();
  await page.locator('body').focus();
  const reached = new Set();
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const node = document.activeElement;
      if (!node || node === document.body) return null;
      const style = getComputedStyle(node);
      const visible = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      return { name: node.getAttribute('aria-label') ?? node.textContent.trim(), visible };
    });
    if (!seen) continue;
    assert.ok(seen.visible, `no focus to be seen on “${seen.name}”`);
    reached.add(seen.name);
  }
  for (const name of [
    'Listen',
    'Pause for everybody',
    'Skip for everybody',
    'Volume',
    'Add a song',
    'Share'
  ]) {
    assert.ok(reached.has(name), `“${name}” cannot be reached by Tab`);
  }
});
