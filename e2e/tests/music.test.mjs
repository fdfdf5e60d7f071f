/**
 * Bringing music, finding it, and deciding together what comes next.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';
import { drop, notMusic, tone } from '../support/sounds.mjs';

let scene;
let tracks;
before(async () => {
  scene = await Scene.open();
  tracks = await scene.tracks(3);
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

const home = (visitor) => visitor.page.goto(`${scene.server.url}/nest/main`);

test('files dropped anywhere on the page end up in the library, and a bad one says why', async () => {
  const grace = await scene.member('Grace');
  grace.expectedStatuses.add(415).add(422).add(400);
  await home(grace);
  await grace.page.getByRole('combobox', { name: 'Add a song' }).waitFor();
  await drop(grace.page, [
    { name: 'Marzipan tone.wav', type: 'audio/wav', bytes: tone(3) },
    { name: 'not-music.mp3', type: 'audio/mpeg', bytes: notMusic() }
  ]);
  const tray = grace.page.getByRole('region', { name: 'Uploads' });
  await tray.getByText('In the library').waitFor();
  await tray.getByText(/no audio format we know|damaged/).waitFor();
  await tray.getByRole('button', { name: 'Try not-music.mp3 again' }).waitFor();
  const { body } = await grace.api('/tracks?query=marzipan');
  assert.equal(body.tracks.length, 1);
  assert.equal(body.tracks[0].title, 'Marzipan tone');
  assert.ok(Math.abs(body.tracks[0].duration_ms - 3_000) < 60);
});

test('the same bytes are kept once', async () => {
  const henry = await scene.member('Henry');
  await home(henry);
  await henry.page.getByRole('combobox', { name: 'Add a song' }).waitFor();
  for (const said of ['In the library', 'Was in the library already']) {
    await drop(henry.page, [{ name: 'twice.wav', type: 'audio/wav', bytes: tone(2, 523) }]);
    await henry.page.getByRole('region', { name: 'Uploads' }).getByText(said).waitFor();
  }
});

test('search finds a song by a few letters and says so when it finds none', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/library`);
  const box = page.getByRole('searchbox', { name: /Search/ });
  const { title } = tracks[1];
  await box.fill(title.slice(0, 4).toLowerCase());
  await page.getByRole('main').getByText(title).first().waitFor();
  await box.fill('zzzqqqxx');
  await page.getByText('No song matches “zzzqqqxx”.').waitFor();
});

test('what one adds, all see; what is removed comes back by undo', async () => {
  await scene.play(tracks[0].id);
  const ada = scene.administrator;
  const grace = await scene.member('Grace');
  await home(ada);
  await home(grace);
  await grace.add(tracks[1].title);
  await ada.queue().filter({ hasText: tracks[1].title }).waitFor();
  await grace.page.getByRole('button', { name: `Remove ${tracks[1].title}` }).click();
  await eventually('it leaves both queues', async () => {
    for (const visitor of [ada, grace]) {
      if ((await visitor.queue().filter({ hasText: tracks[1].title }).count()) > 0) return false;
    }
    return true;
  });
  await grace.page.getByRole('button', { name: 'Undo' }).click();
  await ada.queue().filter({ hasText: tracks[1].title }).waitFor();
  assert.equal((await scene.nest()).queue.length, 1);
});

test('votes move a song up for everybody, but not the voter’s own', async () => {
  await scene.play(tracks[0].id);
  const grace = await scene.member('Grace');
  const henry = await scene.member('Henry');
  const ada = scene.administrator;
  for (const visitor of [ada, grace, henry]) await home(visitor);
  await grace.add(tracks[1].title);
  await ada.queue().filter({ hasText: tracks[1].title }).waitFor();
  await grace.add(tracks[2].title);
  await eventually('both wait', async () => (await ada.queue().count()) === 2);
  assert.ok(await grace.page.getByRole('button', { name: `Vote ${tracks[2].title} up` }).isDisabled());
  for (const visitor of [ada, henry]) {
    const vote = visitor.page.getByRole('button', { name: `Vote ${tracks[2].title} up` });
    await vote.click();
    await eventually('the vote shows', async () => (await vote.getAttribute('aria-pressed')) === 'true');
  }
  await eventually('it is first for everybody', async () => {
    for (const visitor of [ada, grace, henry]) {
      if (!(await visitor.queue().first().innerText()).includes(tracks[2].title)) return false;
    }
    return true;
  });
  await eventually('the score shows', async () => /2/.test(await grace.queue().first().innerText()));
});

test('clearing asks nobody and can be undone', async () => {
  await scene.play(tracks[0].id, tracks[1].id, tracks[2].id);
  const ada = scene.administrator;
  await home(ada);
  await eventually('two wait', async () => (await ada.queue().count()) === 2);
  await ada.page.getByRole('button', { name: 'Clear', exact: true }).click();
  await ada.page.getByText('The queue is empty', { exact: true }).waitFor();
  await ada.page.getByRole('button', { name: 'Undo' }).click();
  await eventually('both are back', async () => (await ada.queue().count()) === 2);
});
