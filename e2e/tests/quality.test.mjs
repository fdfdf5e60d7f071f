/**
 * What every page owes: accessibility, phones, installing, a small first load.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

const FIRST_LOAD_BYTES_MAX = 200 * 1024;
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGES = [
  ['home', '/'],
  ['nest', '/nest/main'],
  ['library', '/library'],
  ['history', '/nest/main/history'],
  ['history-all', '/history'],
  ['settings', '/settings'],
  ['numbers', '/stats'],
  ['members', '/settings/members'],
  ['audit', '/settings/audit'],
  ['operations', '/settings/operations'],
  ['help', '/help'],
  ['missing', '/nothing/is/here']
];

let scene;
before(async () => {
  scene = await Scene.open();
  await someMusic();
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

/** Something plays and something waits: the pieces are short, and the tests take longer than all of them. */
async function someMusic() {
  const tracks = await scene.tracks(3);
  await scene.play(...tracks.slice(0, 3).map(({ id }) => id));
}

async function settled(page, path) {
  await page.goto(`${scene.server.url}${path}`);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await eventually('loaded', () =>
    page.evaluate(() => !document.querySelector('.skeleton, [aria-busy="true"]'))
  );
}

/** What axe finds, in few words. */
async function findings(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']
    });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`
    );
  });
}

/** Somebody signed in as the administrator in a browser of other habits. */
async function again(options) {
  const visitor = await scene.visitor(options);
  await visitor.context.addCookies(await scene.administrator.context.cookies());
  return visitor;
}

/** The visitor is going where there is nothing, and the page's framework will say so. */
function lost(visitor) {
  visitor.expectedStatuses.add(404);
  visitor.expectedFaults.push(/Not found: \/nothing/);
}

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on any page in ${colorScheme} colours`, async () => {
    const ada = await again({ colorScheme });
    for (const [name, path] of PAGES) {
      if (name === 'missing') lost(ada);
      await settled(ada.page, path);
      assert.deepEqual(await findings(ada.page), [], `on ${path}`);
    }
  });
}

test('axe finds nothing on the pages of people who are not in yet', async () => {
  const stranger = await scene.visitor();
  stranger.expectedStatuses.add(401).add(404).add(400).add(410);
  for (const path of ['/', '/nest/main', '/help', '/welcome#none', '/join#none']) {
    await stranger.page.goto(`${scene.server.url}${path}`);
    await stranger.page.getByRole('heading', { level: 1 }).first().waitFor();
    assert.deepEqual(await findings(stranger.page), [], `on ${path}`);
  }
});

test('axe finds nothing in the dialogs of a nest', async () => {
  await someMusic();
  const ada = await again();
  await settled(ada.page, '/nest/main');
  for (const name of ['Share', 'Nest settings', 'Sound and timing', 'Horns', 'Keyboard shortcuts', /^Comments on/]) {
    await ada.page.getByRole('button', { name, exact: true }).first().click();
    await ada.page.getByRole('dialog').filter({ visible: true }).waitFor();
    assert.deepEqual(await findings(ada.page), [], `in ${name}`);
    await ada.page.keyboard.press('Escape');
  }
});

test('on a phone nothing is cut off and everything can be touched', async () => {
  const phone = await again({
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    deviceScaleFactor: 2
  });
  for (const [name, path] of PAGES) {
    if (name === 'missing') lost(phone);
    await settled(phone.page, path);
    const wide = await phone.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${path} is ${wide} px wider than the screen`);
    const small = await phone.page.evaluate(() =>
      [...document.querySelectorAll('button, a[href], input, select')]
        .filter((node) => node.checkVisibility() && !node.closest('p, dialog:not([open])'))
        .map((node) => ({ node, box: (node.closest('label') ?? node).getBoundingClientRect() }))
        .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
        .map(
          ({ node, box }) =>
            `${node.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`
        )
    );
    assert.deepEqual(small, [], `too small to touch on ${path}`);
  }
});

test('it can be installed, and opens without a network', async () => {
  const ada = await again();
  const answer = await ada.page.goto(`${scene.server.url}/`);
  assert.ok(answer.ok());
  const href = await ada.page.locator('link[rel="manifest"]').getAttribute('href');
  const manifest = await (await ada.page.request.get(new URL(href, scene.server.url).href)).json();
  assert.ok(manifest.name && manifest.start_url && manifest.display);
  const sizes = manifest.icons.flatMap(({ sizes }) => sizes.split(' '));
  assert.ok(sizes.includes('any') || (sizes.includes('192x192') && sizes.includes('512x512')), sizes.join());
  for (const icon of manifest.icons) {
    const picture = await ada.page.request.get(new URL(icon.src, new URL(href, scene.server.url)).href);
    assert.ok(picture.ok() && /^image\//.test(picture.headers()['content-type']), icon.src);
  }
  await eventually('the service worker', () =>
    ada.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
  );
  await ada.page.reload();
  await ada.cut(true);
  await ada.page.goto(`${scene.server.url}/library`);
  await ada.page.getByRole('banner').waitFor();
});

test('the first load of a nest is small', async () => {
  const ada = await again({ serviceWorkers: 'block' });
  const session = await ada.context.newCDPSession(ada.page);
  await session.send('Network.enable');
  const kinds = new Map();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, response }) => kinds.set(requestId, response.url));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = kinds.get(requestId) ?? '';
    if (!url.includes('/api/')) bytes += encodedDataLength;
  });
  await settled(ada.page, '/nest/main');
  assert.ok(bytes > 10_000, 'nothing was measured');
  assert.ok(bytes < FIRST_LOAD_BYTES_MAX, `${bytes} bytes`);
});

test('a page may not be framed, and runs no script but its own', async () => {
  const answer = await fetch(`${scene.server.url}/`);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy.match(/script-src[^;]*/)?.[0] ?? 'unsafe-inline', /unsafe-inline|unsafe-eval/);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
});

test('help is found at the foot of every page and among the keys, and an address leads to its chapters', async () => {
  const ada = await again();
  await settled(ada.page, '/library');
  await ada.page.getByRole('contentinfo').getByRole('link', { name: 'Help' }).click();
  await ada.page.getByRole('heading', { level: 1, name: 'Help' }).waitFor();
  await settled(ada.page, '/settings');
  await ada.page.keyboard.press('?');
  await ada.page.getByRole('dialog').getByRole('link', { name: 'All about rookery' }).click();
  await ada.page.getByRole('link', { name: 'Listening in step' }).click();
  await ada.page.waitForURL(/\/help#step$/);
  const chapter = ada.page.getByRole('region', { name: 'Listening in step' });
  await chapter.getByRole('img', { name: 'Three devices at the same place of the same song.' }).waitFor();
  await eventually('the chapter is seen', () => chapter.evaluate((one) => one.getBoundingClientRect().top < innerHeight));
});
