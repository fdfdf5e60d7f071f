/**
 * What was played, in numbers: for members, by nest and time, as plots, as tables and as a file.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let scene;
let played;
before(async () => {
  scene = await Scene.open();
  played = (await scene.tracks(3)).slice(0, 3);
  await scene.play(...played.map(({ id }) => id));
  for (let skips = 0; skips < 2; skips += 1) {
    const { playing } = await scene.nest();
    await scene.act('skip', { entry: playing.entry.id });
    await eventually('the next one plays', async () => {
      const now = (await scene.nest()).playing;
      return now && now.entry.id !== playing.entry.id;
    });
  }
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

/** How many plays the API has counted. */
const counted = async (query = '') => {
  const { body } = await scene.administrator.api(`/stats${query}`);
  return body.days.reduce((sum, { plays }) => sum + plays, 0);
};

test('the history leads to the numbers of its nest', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/nest/main/history`);
  await page.getByRole('link', { name: 'Numbers' }).click();
  await page.waitForURL('**/stats?nest=main');
  assert.equal(await page.getByLabel('Nest').inputValue(), 'main');
  await page.getByRole('heading', { name: 'Songs a day' }).waitFor();
});

test('the plots, their tables and the API say the same', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/stats?days=7`);
  const plot = page.getByRole('figure', { name: 'Songs a day' });
  await plot.waitFor();
  const total = await counted();
  assert.ok(total >= 3, `only ${total} plays`);
  await page.getByText(new RegExp(`^${total} songs were played`)).waitFor();
  for (const name of ['Songs a day', 'Songs by hour of day']) {
    const figure = page.getByRole('figure', { name });
    await figure.getByText('As a table').click();
    const cells = await figure.getByRole('cell').allTextContents();
    assert.equal(cells.length, name === 'Songs a day' ? 7 : 24);
    assert.equal(
      cells.reduce((sum, cell) => sum + Number(cell), 0),
      total
    );
    const heights = await figure
      .locator('rect')
      .evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute('height'))));
    const most = Math.max(...heights);
    for (const [at, cell] of cells.entries())
      assert.equal(Math.round((heights[at] / most) * Math.max(...cells.map(Number))), Number(cell));
  }
  await page.getByRole('listitem').filter({ hasText: 'Ada' }).getByText(/\d+ songs?/).waitFor();
  for (const { title } of played) await page.getByTitle(title).first().waitFor();
});

test('another nest and another time are asked for, and the address remembers them', async () => {
  const { page } = scene.administrator;
  const { body } = await scene.administrator.api('/nests', {
    method: 'POST',
    body: JSON.stringify({ name: 'Quiet loft' })
  });
  const { code } = body.state;
  // A nest plays by itself from its first moment.
  await scene.act('configure', { autofill: false }, code);
  await scene.act('clear', {}, code);
  const { playing } = await scene.nest(code);
  if (playing) {
    await scene.act('skip', { entry: playing.entry.id }, code);
    // Songs begin a moment after they were told of, and count from then on.
    await eventually('it has begun', () => Date.now() > playing.playback.started_at_ms);
  }
  const total = await counted(`?nest=${code}`);
  const says = total === 0 ? 'Nothing was played in this time.' : new RegExp(`^${total} songs? w`);
  await page.goto(`${scene.server.url}/stats`);
  await page.getByLabel('Nest').selectOption({ label: 'Quiet loft' });
  await page.getByText(says).waitFor();
  await page.getByLabel('Time').selectOption({ label: 'Last 365 days' });
  await page.waitForURL(`**/stats?nest=${code}&days=365`);
  await page.reload();
  await page.getByText(says).waitFor();
  assert.equal(await page.getByLabel('Time').locator('option:checked').textContent(), 'Last 365 days');
  await page.getByLabel('Nest').selectOption({ label: 'All nests' });
  await page.getByRole('heading', { name: 'Songs a week' }).waitFor();
});

test('nothing jumps when other numbers are asked for', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/stats?nest=main&days=7`);
  const plot = page.getByRole('figure', { name: 'Songs a day' });
  const before = await plot.boundingBox();
  await page.getByLabel('Time').selectOption({ label: 'Last 30 days' });
  await eventually('thirty days', async () => (await plot.locator('rect').count()) === 30);
  assert.deepEqual(await plot.boundingBox(), before);
});

test('what a nest played is a file', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/stats?nest=main&days=7`);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as a table (CSV)' }).click()
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const [head, ...rows] = text.trim().split('\r\n');
  assert.match(head, /^started_at,.*title/);
  assert.ok(rows.length >= 3);
  for (const { title } of played) assert.ok(text.includes(title), title);
});

test('guests read that the numbers are for members', async () => {
  await scene.act('configure', { guests_allowed: true });
  const gus = await scene.visitor();
  gus.expectedStatuses.add(401);
  await gus.lookIn(`${scene.server.url}/nest/main`, 'Gus');
  await gus.page.goto(`${scene.server.url}/stats`);
  await gus.page.getByText('The numbers are for members.').waitFor();
});

test('a history is searched, and the address of the search can be handed on', async () => {
  const { page } = scene.administrator;
  const [first, second] = played;
  await page.goto(`${scene.server.url}/nest/main/history`);
  await page.getByText(second.title, { exact: true }).first().waitFor();
  await page.getByRole('searchbox', { name: 'Title, artist or album' }).fill(first.title);
  await page.waitForURL(/\?text=/);
  await page.getByText(second.title, { exact: true }).waitFor({ state: 'detached' });
  await page.getByText(first.title, { exact: true }).first().waitFor();
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await page.getByLabel('Added by').selectOption({ label: 'Ada' });
  await page.getByLabel('Chosen by').selectOption({ label: 'People' });
  await page.getByRole('button', { name: '2 filters' }).waitFor();
  await page.getByText(first.title, { exact: true }).first().waitFor();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as a table (CSV)' }).click()
  ]);
  const [, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  assert.ok(rows.length > 0 && rows.every((row) => row.includes(first.title)), rows.join('\n'));

  const other = await scene.member('Olga');
  await other.page.goto(page.url());
  await other.page.getByText(first.title, { exact: true }).first().waitFor();
  assert.equal(await other.page.getByLabel('Chosen by').locator('option:checked').textContent(), 'People');
  await other.page.getByLabel('Source').selectOption({ label: 'YouTube' });
  await other.page.getByText('Nothing that was played is like that.').waitFor();
  await other.page.getByRole('button', { name: 'Show everything' }).click();
  await other.page.getByText(second.title, { exact: true }).first().waitFor();
  assert.equal(new URL(other.page.url()).search, '');
});

test('what all nests played is one history, and each play leads to its nest', async () => {
  const { page } = scene.administrator;
  const [, second] = played;
  const { body } = await scene.administrator.api('/nests', {
    method: 'POST',
    body: JSON.stringify({ name: 'Windy attic' })
  });
  const { code } = body.state;
  await scene.act('configure', { autofill: false }, code);
  await scene.act('clear', {}, code);
  await scene.act('add', { track_id: second.id }, code);
  const before = (await scene.nest(code)).playing;
  if (before?.entry.track.id !== second.id) await scene.act('skip', { entry: before.entry.id }, code);
  await eventually('it plays there', async () => (await scene.nest(code)).playing?.entry.track.id === second.id);

  await page.goto(scene.server.url);
  await page.getByRole('link', { name: 'History' }).click();
  await page.waitForURL('**/history');
  await page.getByRole('heading', { name: 'History of all nests' }).waitFor();
  const rows = page.getByRole('listitem').filter({ hasText: second.title });
  const attic = rows.filter({ hasText: 'in Windy attic' });
  // What begins in a moment is in no history yet.
  await eventually('the play of the attic', async () => {
    await page.reload();
    await rows.first().waitFor();
    return (await attic.count()) > 0;
  });
  assert.ok((await rows.count()) > (await attic.count()), 'the main nest played it as well');
  await page.getByRole('searchbox', { name: 'Title, artist or album' }).fill(second.title);
  await page.waitForURL(/\/history\?text=/);
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as a table (CSV)' }).click()
  ]);
  const [, ...lines] = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  assert.ok(lines.every((line) => line.includes(second.title)), lines.join('\n'));
  for (const nest of ['Windy attic', (await scene.nest()).settings.name])
    assert.ok(lines.some((line) => line.endsWith(`"${nest}"`)), nest);
  await attic.first().getByRole('link', { name: 'in Windy attic' }).click();
  await page.waitForURL(`**/nest/${code}`);
});

test('the history of all nests is for members', async () => {
  const guest = await scene.visitor();
  guest.expectedStatuses.add(401);
  await guest.lookIn(`${scene.server.url}/nest/main`, 'Gerd');
  await guest.page.goto(`${scene.server.url}/history`);
  await guest.page.getByText('The history of all nests is for members.').waitFor();
  // Where our own page once was still leads to it, and EchoNest's own address is EchoNest's.
  await guest.page.goto(`${scene.server.url}/history/main`);
  await guest.page.waitForURL('**/nest/main/history');
  const echonest = await guest.page.request.get(`${scene.server.url}/history/5`);
  assert.match(echonest.headers()['content-type'], /json/);
});

test('who jams to whose songs is a table, and administrators see how sign-ins went', async () => {
  const grace = await scene.member('Grace');
  const { playing } = await scene.play(played[0].id).then(() => scene.nest());
  const jam = await grace.api('/nests/main/jam', {
    method: 'POST',
    body: JSON.stringify({ entry: playing.entry.id, on: true })
  });
  assert.equal(jam.status, 200);
  await scene.act('skip', { entry: playing.entry.id });
  const { page } = scene.administrator;
  await eventually('the jam is counted', async () => {
    await page.goto(`${scene.server.url}/stats?days=7`);
    const table = page.getByRole('table', { name: /^Jams/ });
    await page.getByRole('heading', { name: 'Who jams to whose songs' }).waitFor();
    if ((await table.count()) === 0) return false;
    return (await table.getByRole('row', { name: /Grace/ }).getByRole('cell', { name: '1', exact: true }).count()) === 1;
  });
  await page.getByRole('heading', { name: 'Sign-ins' }).waitFor();
  await grace.page.goto(`${scene.server.url}/stats?days=7`);
  await grace.page.getByRole('heading', { name: 'What services were asked' }).waitFor();
  assert.equal(await grace.page.getByRole('heading', { name: 'Sign-ins' }).count(), 0);
});
