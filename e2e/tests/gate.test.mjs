/**
 * Coming through the gate of a protected environment as people of AT Protocol do it: a handle, the pages of their own
 * server, and back to where they were going. The policy of the gate's page must not stand in the way.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, Visitor } from '../support/browser.mjs';
import { Pds } from '../support/pds.mjs';
import { Server } from '../support/server.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let pds;
let server;
let browser;
before(async () => {
  pds = await Pds.start();
  server = await Server.start({
    demo: false,
    settings: () => ({
      ...pds.settings(),
      ROOKERY_ACCESS_GATE: 'true',
      ROOKERY_ACCESS_PIN: 'true',
      ROOKERY_ACCESS_ALLOW: 'at:alice.test'
    })
  });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.remove();
  pds?.end();
});

/** Somebody at the gate, on the way to the main nest; at which of this machine's names. */
async function stranger(host, options) {
  const visitor = await Visitor.enter(browser, options);
  for (const status of [401, 403, 404, 410]) visitor.expectedStatuses.add(status);
  await visitor.page.goto(`${server.url.replace('127.0.0.1', host)}/nest/main`);
  return visitor;
}

/** Types a handle, signs in at the PDS, and agrees there or does not. */
async function come({ page }, name, agrees = true) {
  await page.getByLabel('Your handle').fill(`@${name}.test`);
  await page.getByRole('button', { name: 'Come in with your handle' }).click();
  await page.waitForURL((url) => url.origin === pds.origin);
  await page.locator('input[type=password]').fill(`${name}-pass-1`);
  await page.getByRole('button', { name: /sign in|next|continue/i }).last().click();
  const decision = agrees ? /authorize|accept|allow/i : /deny|cancel|reject/i;
  await page.getByRole('button', { name: decision }).first().click();
  await page.waitForURL((url) => url.origin !== pds.origin);
}

for (const host of ['127.0.0.1', 'localhost']) {
  test(`somebody who is on the list comes in at ${host} and lands where they were going`, async () => {
    const alice = await stranger(host);
    await come(alice, 'alice');
    await alice.page.waitForURL(`${server.url.replace('127.0.0.1', host)}/nest/main`);
    assert.equal((await alice.api('/session')).status, 200);
    assert.deepEqual(alice.faults, []);
  });
}

test('who is not on the list, and who does not agree, is told so and stays outside', async () => {
  const bob = await stranger('127.0.0.1');
  await come(bob, 'bob');
  await bob.page.getByRole('alert').getByText('not on the list').waitFor();
  await come(bob, 'bob', false);
  await bob.page.getByRole('alert').getByText('Begin again').waitFor();
  const answer = await bob.page.goto(`${server.url}/nest/main`);
  assert.equal(answer.status(), 401);
  assert.deepEqual(bob.faults, []);
});

for (const colorScheme of ['light', 'dark']) {
  test(`axe finds nothing on the gate's page in ${colorScheme} colours, and it fits a phone`, async () => {
    const { page } = await stranger('127.0.0.1', { colorScheme, viewport: { width: 320, height: 640 } });
    await page.getByLabel('Your handle').fill('no handle');
    await page.getByRole('button', { name: 'Come in with your handle' }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByLabel('Your handle').inputValue(), 'no handle');
    await page.evaluate(AXE);
    const found = await page.evaluate(async () => {
      const rules = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await window.axe.run(document, { runOnly: rules });
      return violations.map(({ id }) => id);
    });
    assert.deepEqual(found, []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
  });
}
