/**
 * Songs of Spotify, YouTube and SoundCloud: found and added, accounts connected, and heard by each on their own. The
 * services are the binary's fakes: it must be built with the feature `fakes`. What of them runs in browsers is played by
 * `support/elsewhere.mjs`.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { withSoundcloud, withSpotifyPlayer, withYoutube } from '../support/elsewhere.mjs';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';
import { tone } from '../support/sounds.mjs';

const VIDEO = 'dQw4w9WgXcQ';
/** How far a video may be from the nest: what its player can do without being moved all the time. */
const VIDEO_OFF_MS_MAX = 400;

let scene;
let ada;
before(async () => {
  scene = await Scene.open({ settings: () => ({ ROOKERY_FAKES: 'true' }) });
  ada = scene.administrator;
  const { body } = await ada.api('/sources');
  assert.ok(body.length === 3, 'the services outside are fakes only in a binary with the feature `fakes`');
  ada.expectedStatuses.add(502);
  await scene.act('configure', { autofill: false });
  await open();
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

const open = () => ada.page.goto(`${scene.server.url}/nest/main`);
const box = () => ada.page.getByLabel('Add a song', { exact: true }).and(ada.page.locator('input'));
const chip = (name) => ada.page.getByRole('button', { name, exact: true });
const titles = async () => {
  const { playing, queue } = await scene.nest();
  return [playing?.entry, ...queue].filter(Boolean).map(({ track }) => track.title);
};
/** Somebody who has joined, and to whom pictures of places that no test asks are no fault from the first page on. */
async function member(name) {
  const visitor = await scene.visitor();
  visitor.expectedStatuses.add(502);
  await visitor.join(await scene.invitation(), name);
  return visitor;
}
/** Plays a song of a service, and nothing else. */
async function play(source) {
  await scene.act('clear');
  await scene.act('add', { source });
  const { playing } = await scene.nest();
  if (playing && playing.entry.track.source !== source) await scene.act('skip', { entry: playing.entry.id });
  return eventually('it plays', async () => {
    const now = (await scene.nest()).playing;
    return now?.entry.track.source === source && now;
  });
}

test('songs of a service are found beside the library, with why some cannot be had', async () => {
  const { page } = ada;
  await box().click();
  await chip('Spotify').click();
  await page.keyboard.type('rook');
  await page.getByTitle('Morning Roost').waitFor();
  const sweden = page.getByRole('listitem').filter({ hasText: 'Only in Sweden' });
  await sweden.getByText('This song is not available in this country.').waitFor();
  assert.equal(await sweden.getByRole('button').count(), 0);
  await page.getByRole('button', { name: 'Add Morning Roost' }).click();
  await page.getByRole('button', { name: 'Morning Roost is in the queue' }).waitFor();
  assert.ok((await titles()).includes('Morning Roost'));
});

test('a kind is looked for alone, and an album opens to its songs, all by the keyboard', async () => {
  const { page } = ada;
  await chip('Albums').press('Enter');
  const album = page.getByRole('button', { name: /^Ravens Album/ });
  await album.waitFor();
  assert.equal(await page.getByRole('button', { name: 'Add Corvid Blues' }).count(), 0);
  await album.press('Enter');
  await page.getByRole('button', { name: 'Add Rooks and Ravens' }).press('Enter');
  await eventually('it is in the queue', async () => (await titles()).includes('Rooks and Ravens'));
  await page.getByRole('button', { name: 'Back to what was found' }).press('Enter');
  await album.waitFor();
  await page.keyboard.press('Escape');
  await eventually('the cursor is back in the field', () =>
    box().evaluate((field) => field === document.activeElement)
  );
});

test('a service that asks to wait says for how long, and can be asked again', async () => {
  const { page } = ada;
  ada.expectedStatuses.add(429);
  let refuse = true;
  await page.route('**/api/v1/sources/youtube/search*', (route) => {
    if (!refuse) return route.continue();
    const body = { code: 'source_rate_limited', status: 429, title: '', detail: '', type: '', retry_after_s: 30 };
    return route.fulfill({ status: 429, json: body });
  });
  await box().fill('');
  await box().click();
  await chip('YouTube').click();
  await box().fill('rooks');
  await page.getByText('Try again in 30 s.').waitFor();
  refuse = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByTitle('Rooks at dawn').waitFor();
  await page.unroute('**/api/v1/sources/youtube/search*');
});

test('pasted lines of links are read one by one, and added at once', async () => {
  const { page } = ada;
  await scene.act('clear');
  await chip('Library').click();
  await box().evaluate((field, text) => {
    field.value = '';
    const data = new DataTransfer();
    data.setData('text/plain', text);
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, `https://www.youtube.com/playlist?list=PLrooksandravens\nhttps://youtu.be/${VIDEO}\nhttps://tidepool.example/1\n`);
  await page.getByText('3 links').waitFor();
  await page.getByText('This link leads to nothing that can be played here.').waitFor();
  await page.getByRole('button', { name: 'Add all 2' }).first().click();
  await page.getByText('2 songs are in the queue').waitFor();
  assert.deepEqual((await titles()).filter((title) => title.startsWith('Rooks at')).sort(), [
    'Rooks at dawn',
    'Rooks at dusk'
  ]);
  await box().fill('');
  await box().press('Escape');
});

test('YouTube plays in its own player, in step, through pause and seek', async () => {
  const { page } = ada;
  await withYoutube(ada);
  await play(`youtube:${VIDEO}`);
  await open();
  await page.getByText('It plays on YouTube. Press Listen to hear it here.').waitFor();
  assert.equal(await page.locator('iframe').count(), 0);
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  const frame = page.locator('iframe');
  await frame.waitFor();
  assert.equal(await frame.getAttribute('referrerpolicy'), 'strict-origin-when-cross-origin');
  const { width, height } = await frame.boundingBox();
  assert.ok(width >= 200 && height >= 200, `${width} × ${height}`);
  const off = () =>
    eventually('the video plays', async () => {
      const inside = page.frames().find((one) => one.url().includes('youtube-nocookie'));
      const [position, now] = await Promise.all([
        inside.evaluate('window.position()'),
        page.evaluate('Date.now()')
      ]);
      const { playback } = (await scene.nest()).playing;
      return position !== null && playback.state === 'running' && { ms: position - (now - playback.started_at_ms) };
    });
  const inStep = () =>
    eventually('the video is in step', async () => Math.abs((await off()).ms) < VIDEO_OFF_MS_MAX);
  await page.getByText('Heard from YouTube, in step.').waitFor();
  await inStep();
  await scene.act('pause');
  await eventually('the video pauses', async () => {
    const inside = page.frames().find((one) => one.url().includes('youtube-nocookie'));
    return (await inside.evaluate('window.position()')) === null;
  });
  await scene.act('resume');
  await scene.act('seek', { position_ms: 90_000 });
  await inStep();
  await page.getByRole('button', { name: 'Mute', exact: true }).click();
  const inside = page.frames().find((one) => one.url().includes('youtube-nocookie'));
  await eventually('it is mute', () => inside.evaluate('document.body.dataset.muted === "true"'));
  await page.getByRole('button', { name: 'Unmute', exact: true }).click();
});

test('a video that may not be played here says so', async () => {
  const ben = await member('Ben');
  await withYoutube(ben, { errors: { [VIDEO]: 150 } });
  await ben.page.goto(`${scene.server.url}/nest/main`);
  await ben.page.getByRole('button', { name: 'Listen', exact: true }).click();
  await ben.page.getByText('Whoever made this video does not let it be played here.').waitFor();
  await ben.page.goto('about:blank');
});

test('SoundCloud sounds in step, from its pieces', async () => {
  const { page } = ada;
  await withSoundcloud(ada);
  await play('soundcloud:293');
  await ada.inStep();
  await eventually('it sounds', async () => (await page.evaluate('e2e.loudness()')) > 0.05);
  assert.equal(await page.locator('iframe').count(), 0);
});

test('an account at Spotify is connected, and says what it is', async () => {
  const { page } = ada;
  await play(`spotify:track:${await morningRoost()}`);
  await page.getByText('Connect your Spotify account to hear this song.').waitFor();
  await page.getByRole('link', { name: 'Connect', exact: true }).click();
  await page.waitForURL('**/settings#spotify');
  const spotify = page.locator('#spotify');
  await spotify.getByText('places left.').waitFor();
  await spotify.getByRole('button', { name: 'Connect Spotify' }).click();
  await spotify.getByText(/Connected since/).waitFor();
});

test('a client id of one’s own is brought and taken away', async () => {
  const spotify = ada.page.locator('#spotify');
  await spotify.getByText('A client id of your own').click();
  const address = await spotify.getByLabel('Redirect address').inputValue();
  assert.equal(new URL(address).pathname, '/authentication/spotify_callback');
  await spotify.getByLabel(/^Client id/).fill('rooks');
  await spotify.getByText('That is no client id').waitFor();
  await spotify.getByLabel(/^Client id/).fill('0123456789abcdef0123456789abcdef');
  await spotify.getByRole('button', { name: 'Use this client id' }).click();
  await spotify.getByText('0 of 5 places are taken.').waitFor();
  await spotify.getByRole('button', { name: 'Remove' }).click();
  await spotify.getByRole('button', { name: 'Use this client id' }).waitFor();
});

test('a device of one’s own follows the nest until it is given up', async () => {
  const { page } = ada;
  await open();
  await play(`spotify:track:${await morningRoost()}`);
  await page.getByRole('button', { name: 'Choose a device' }).click();
  const dialog = page.getByRole('dialog', { name: 'Where your Spotify plays' });
  await dialog.getByRole('button', { name: "Play on ana's computer" }).click();
  await page.getByText("ana's computer: in step").waitFor({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Change device' }).click();
  await dialog.getByRole('button', { name: 'Give it up' }).click();
  await dialog.getByRole('button', { name: 'Give it up' }).waitFor({ state: 'detached' });
  assert.equal((await ada.api('/nests/main/device')).status, 204);
});

test('this browser is a device where Spotify’s player can be loaded, and says kindly where not', async () => {
  const { page } = ada;
  ada.expectedFaults.push(/sdk\.scdn\.co|ERR_FAILED|net::ERR/);
  await ada.context.route('https://sdk.scdn.co/**', (route) => route.abort());
  const dialog = page.getByRole('dialog', { name: 'Where your Spotify plays' });
  const here = dialog.getByRole('button', { name: 'Play on This browser' });
  await here.click();
  await dialog.getByText('Spotify’s player could not be loaded.').waitFor();
  await ada.context.unroute('https://sdk.scdn.co/**');
  await withSpotifyPlayer(ada, 'ana-computer');
  await here.click();
  await page.getByText("ana's computer: in step").waitFor({ timeout: 30_000 });
  assert.ok(await page.evaluate('window.sdkToken'));
  await ada.api('/nests/main/device', { method: 'DELETE' });
});

test('whoever has no account hears the same song from elsewhere, and is told', async () => {
  const eve = await member('Eve');
  await withYoutube(eve);
  await eve.page.route('**/api/v1/tracks/*/elsewhere', (route) =>
    route.fulfill({ json: { library: null, tracks: [{ source: `youtube:${VIDEO}` }] } })
  );
  await eve.page.goto(`${scene.server.url}/nest/main`);
  await eve.page.getByRole('button', { name: 'Listen', exact: true }).click();
  await eve.page.getByText('From YouTube instead. Heard from YouTube, in step.').waitFor();
  // What is the same song is as long; this one stands in for it from its beginning.
  await scene.act('seek', { position_ms: 0 });
  const [{ id }] = await scene.tracks(1);
  const uma = await member('Uma');
  await uma.page.route('**/api/v1/tracks/*/elsewhere', (route) =>
    route.fulfill({ json: { library: id, tracks: [] } })
  );
  await uma.page.goto(`${scene.server.url}/nest/main`);
  await uma.page.getByRole('button', { name: 'Listen', exact: true }).click();
  await uma.page.getByText('Heard from the library instead').waitFor();
  await uma.inStep();
});

test('what neither an account nor the library has is heard as SoundCloud streams it', async () => {
  const { body } = await ada.api('/sources/spotify/search?query=flickermood&kinds=track');
  const { source } = body.tracks.find(({ title }) => title === 'Flickermood');
  const kim = await member('Kim');
  await withSoundcloud(kim);
  await play(source);
  await kim.page.goto(`${scene.server.url}/nest/main`);
  await kim.page.getByRole('button', { name: 'Listen', exact: true }).click();
  await kim.page.getByText('Heard from SoundCloud instead').waitFor();
  await kim.inStep();
  await eventually('it sounds', async () => (await kim.page.evaluate('e2e.loudness()')) > 0.05);
});

test('what is heard from the library instead plays on while people look at other pages', async () => {
  const { id } = await scene.upload('tone.wav', tone(100));
  const ivo = await member('Ivo');
  await withYoutube(ivo);
  await ivo.page.route('**/api/v1/tracks/*/elsewhere', (route) =>
    route.fulfill({ json: { library: id, tracks: [] } })
  );
  const loudness = () => ivo.page.evaluate('e2e.loudness()');
  /** Presses a link, and hears the tone from there on; a starved browser may stutter, but not fall silent. */
  const go = async (link) => {
    await link.click();
    let heard = 0;
    for (let look = 0; look < 20; look += 1) {
      if ((await loudness()) > 0.1) heard += 1;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.ok(heard >= 15, `heard ${heard} times of 20 after leaving for ${ivo.page.url()}`);
  };
  const head = ivo.page.getByRole('navigation', { name: 'Main' });
  const dock = ivo.page.getByRole('region', { name: (await scene.nest()).settings.name });

  await play(`spotify:track:${await morningRoost()}`);
  await ivo.page.goto(`${scene.server.url}/nest/main`);
  await ivo.page.getByRole('button', { name: 'Listen', exact: true }).click();
  await ivo.inStep();
  await eventually('the tone is heard', async () => (await loudness()) > 0.1);
  await go(head.getByRole('link', { name: 'Library' }));
  await dock.getByText(/^In step/).waitFor();
  await go(dock.getByRole('link'));
  await ivo.page.getByText('Heard from the library instead').waitFor();

  // A video must be seen where it is heard: away from it, the library has the song, and keeps it to its end.
  await play(`youtube:${VIDEO}`);
  await ivo.page.getByText('Heard from YouTube, in step.').waitFor();
  await head.getByRole('link', { name: 'Library' }).click();
  await dock.getByText(/^In step/).waitFor();
  await eventually('the tone is heard', async () => (await loudness()) > 0.1);
  await go(dock.getByRole('link'));
  await ivo.page.getByText('Heard from the library instead').waitFor();
  assert.equal(await ivo.page.locator('iframe').count(), 0);
});

test('an account is disconnected, and where it is taken back is told', async () => {
  const { page } = ada;
  await page.goto(`${scene.server.url}/settings`);
  const spotify = page.locator('#spotify');
  await spotify.getByRole('button', { name: 'Disconnect' }).click();
  await spotify.getByRole('link', { name: 'Apps with access' }).waitFor();
  await spotify.getByRole('button', { name: 'Disconnect' }).click();
  await spotify.getByRole('button', { name: 'Connect Spotify' }).waitFor();
});

/** The id of a song of Spotify, as a search tells it. */
async function morningRoost() {
  const { body } = await ada.api('/sources/spotify/search?query=rook&kinds=track');
  return body.tracks.find(({ title }) => title === 'Morning Roost').source.split(':')[2];
}
