/**
 * Webhooks in a nest's settings: added, tested, given up, resumed and removed, by whoever hosts the nest.
 *
 * No message leaves the machine: the addresses are of `.invalid`, a domain that never resolves (RFC 6761).
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let scene;
before(async () => {
  scene = await Scene.open({ demo: false });
});
after(() => scene?.close());
visitorsLeaveAfterEach(() => scene);

/** Opens the settings of a nest and answers what there is of webhooks. */
async function settings({ page }, code = 'main') {
  await page.goto(`${scene.server.url}/nest/${code}`);
  await page.getByRole('button', { name: 'Nest settings' }).click();
  return page.getByRole('dialog', { name: 'Nest settings' });
}

/** Opens the dialog for a new one. */
async function adding(visitor, code) {
  const panel = await settings(visitor, code);
  await panel.getByRole('button', { name: 'Add a webhook' }).click();
  return visitor.page.getByRole('dialog', { name: 'Add a webhook' });
}

const kept = async (code = 'main') => (await scene.administrator.api(`/nests/${code}/webhooks`)).body;

test('a webhook for a program shows its secret once', async () => {
  const ada = scene.administrator;
  const dialog = await adding(ada);
  await dialog.getByLabel('Address').fill('https://bots.invalid/rookery');
  await dialog.getByRole('checkbox', { name: 'Somebody blows a horn' }).check();
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  const secret = await dialog.getByLabel('Secret, shown once').inputValue();
  assert.match(secret, /^whsec_[A-Za-z0-9+/]+=*$/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  const [webhook] = await kept();
  assert.equal(webhook.host, 'bots.invalid');
  assert.equal(webhook.form, 'signed');
  assert.deepEqual(webhook.events, ['now_playing', 'horn']);
  const panel = await settings(ada);
  await panel.getByText('bots.invalid').waitFor();
  await panel.getByText('Nothing has been sent yet.').waitFor();
  assert.equal(await ada.page.getByText(secret).count(), 0);
});

test('an address of Slack is written in the form of Slack, unless somebody knows better', async () => {
  const dialog = await adding(scene.administrator);
  const form = dialog.getByLabel('Form of the messages');
  assert.equal(await form.inputValue(), 'signed');
  await dialog.getByLabel('Address').fill('https://hooks.slack.com/services/T0/B0/none');
  assert.equal(await form.inputValue(), 'slack');
  await form.selectOption('signed');
  await dialog.getByLabel('Address').fill('https://hooks.slack.com/services/T0/B0/other');
  assert.equal(await form.inputValue(), 'signed');
});

test('what is wrong is said beside its field', async () => {
  const ada = scene.administrator;
  const dialog = await adding(ada);
  const address = dialog.getByLabel('Address');
  const add = dialog.getByRole('button', { name: 'Add', exact: true });
  await address.fill('bots.invalid');
  await add.click();
  await dialog.getByText('That is no address. It begins with https://.').waitFor();
  assert.equal(await address.getAttribute('aria-invalid'), 'true');
  await address.fill('https://bots.invalid/');
  assert.equal(await address.getAttribute('aria-invalid'), 'false');
  await dialog.getByRole('checkbox', { name: 'A song begins' }).uncheck();
  await add.click();
  await dialog.getByText('Choose at least one.').waitFor();
  const before = (await kept()).length;
  // The server alone knows that this leads into its own network.
  ada.expectedStatuses.add(422);
  await dialog.getByRole('checkbox', { name: 'A song begins' }).check();
  await address.fill('https://127.0.0.1/');
  await add.click();
  await dialog.getByText(/^That cannot be right: /).waitFor();
  assert.equal(await address.getAttribute('aria-invalid'), 'true');
  assert.equal((await kept()).length, before);
});

test('a test that does not arrive says why', async () => {
  const ada = scene.administrator;
  ada.expectedStatuses.add(502);
  const panel = await settings(ada);
  await panel.getByRole('button', { name: 'Send a test to bots.invalid' }).click();
  await panel.getByText(/^The test did not arrive: ./).waitFor();
});

test('only the main nest offers what happens on the server, and only hosts see webhooks', async () => {
  const grace = await scene.member('Grace');
  const { body } = await grace.api('/nests', { method: 'POST', body: JSON.stringify({ name: 'Attic' }) });
  const { code } = body.state;
  const dialog = await adding(grace, code);
  await dialog.getByRole('checkbox', { name: 'A song begins' }).waitFor();
  assert.equal(await dialog.getByRole('checkbox', { name: 'The server starts' }).count(), 0);
  await scene.act('configure', { member_actions: ['configure'] });
  const panel = await settings(grace, 'main');
  await panel.getByText('Who may do what').waitFor();
  assert.equal(await panel.getByText('Webhooks', { exact: true }).count(), 0);
});

test('one is removed after a question, and the focus is not lost', async () => {
  const { page } = scene.administrator;
  const panel = await settings(scene.administrator);
  const remove = panel.getByRole('button', { name: 'Remove the webhook to bots.invalid' });
  await remove.click();
  const question = page.getByRole('dialog', { name: 'Remove this webhook?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await question.waitFor({ state: 'hidden' });
  assert.equal((await kept()).length, 1);
  await remove.click();
  await question.getByRole('button', { name: 'Remove', exact: true }).click();
  await panel.getByText(/^None yet\./).waitFor();
  await eventually('it is gone', async () => (await kept()).length === 0);
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Webhooks');
});
