/**
 * Signing in with another service, as people do it: a button, the service's own page, and back to where they were.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Issuer } from '../support/issuer.mjs';
import { eventually, Scene, visitorsLeaveAfterEach } from '../support/scene.mjs';

let scene;
let issuer;
before(async () => {
  scene = await Scene.open({
    demo: false,
    settings: async (url) => {
      issuer = await Issuer.start([`${url}/api/v1/sign-in/oidc/callback`]);
      return { ...issuer.settings('The Oak'), ALLOWED_EMAIL_DOMAINS: 'example.org' };
    }
  });
});
after(async () => {
  issuer?.end();
  await scene?.close();
});
visitorsLeaveAfterEach(() => scene);

/** Presses the button and says who they are on the service's page. */
async function signIn(visitor, account) {
  await visitor.page.getByRole('button', { name: 'Sign in with The Oak' }).click();
  await visitor.page.waitForURL((url) => url.origin === issuer.origin);
  if (account === null) return visitor.page.getByRole('link', { name: 'Cancel' }).click();
  await visitor.page.getByLabel('Account').fill(account);
  await visitor.page.getByRole('button', { name: 'Continue' }).click();
}

/** Somebody new on a page of ours. What the service's page lacks (an icon) is not our fault. */
async function somebody(path) {
  const visitor = await scene.visitor();
  visitor.expectedStatuses.add(401).add(404);
  await visitor.page.goto(`${scene.server.url}${path}`);
  return visitor;
}

test('somebody signs in from a nest and lands in it', async () => {
  const ana = await somebody('/nest/main');
  await ana.page.getByRole('link', { name: 'Sign in', exact: true }).click();
  await signIn(ana, 'ana');
  await ana.page.waitForURL(`${scene.server.url}/nest/main`);
  await ana.page.getByRole('link', { name: /User ana/ }).waitFor();
  const { body } = await ana.api('/session');
  assert.equal(body.person.role, 'member');
  // The account is shown to her, and may be linked and unlinked; the last one with a warning.
  await ana.page.goto(`${scene.server.url}/settings`);
  await ana.page.getByText('ana@example.org').waitFor();
  ana.expectedStatuses.add(409);
  await ana.page.getByRole('button', { name: 'Unlink ana@example.org' }).click();
  await ana.page.getByRole('heading', { name: 'Unlink the last account?' }).waitFor();
  await ana.page.getByRole('button', { name: 'Cancel' }).click();
  assert.equal((await ana.api('/session/identities')).body.length, 1);
});

test('who may not come in is told why, and can try again', async () => {
  const eve = await somebody('/');
  for (const [account, words] of [
    ['eve@elsewhere.test', /not on the guest list/],
    ['unverified', /has not verified your e-mail address/],
    [null, /You cancelled the sign-in/]
  ]) {
    await signIn(eve, account);
    await eve.page.getByRole('alert').getByText(words).waitFor();
    assert.equal(new URL(eve.page.url()).origin, scene.server.url);
    assert.equal((await eve.api('/session')).body.person, null);
    // The provider remembers who signed in there; the next try is somebody else.
    await eve.context.clearCookies();
    await eve.page.reload();
  }
  await signIn(eve, 'eve');
  await eve.page.getByRole('link', { name: /User eve/ }).waitFor();
});

test('an attempt that is not this browser’s is told to begin again', async () => {
  const late = await somebody('/api/v1/sign-in/oidc/callback?code=abc&state=def');
  await late.page.getByRole('alert').getByText(/took too long/).waitFor();
});

test('an invited person may come with an account instead of a name', async () => {
  const link = await scene.invitation();
  const cleo = await somebody(`/join${new URL(link).hash}`);
  await signIn(cleo, 'cleo@elsewhere.test');
  await cleo.page.getByRole('link', { name: /User cleo/ }).waitFor();
});

test('a member links an account in the settings and comes back by it', async () => {
  const grace = await scene.member('Grace');
  grace.expectedStatuses.add(404);
  await grace.page.goto(`${scene.server.url}/settings`);
  await grace.page.getByRole('button', { name: 'Link The Oak' }).click();
  await grace.page.getByLabel('Account').fill('grace@elsewhere.test');
  await grace.page.getByRole('button', { name: 'Continue' }).click();
  await grace.page.waitForURL(`${scene.server.url}/settings`);
  await grace.page.getByText('grace@elsewhere.test').waitFor();
  const phone = await somebody('/');
  await signIn(phone, 'grace@elsewhere.test');
  await phone.page.getByRole('link', { name: /Grace/ }).waitFor();
});

test('the administrator reads in the audit log what happened', async () => {
  const { page } = scene.administrator;
  await page.goto(`${scene.server.url}/settings`);
  await page.getByRole('link', { name: 'Audit log' }).click();
  await page.getByText('User ana joined').waitFor();
  await page.getByText(/oidc: not_on_the_list/).waitFor();
  await page.getByLabel('Show').selectOption('identity_linked');
  await page.getByText('Grace linked an account').waitFor();
  await eventually('only those', async () => (await page.getByText(/ joined/).count()) === 0);
  const brief = await scene.member('Brief');
  brief.expectedStatuses.add(403);
  await brief.page.goto(`${scene.server.url}/settings/audit`);
  await brief.page.getByText('Only administrators may read this.').waitFor();
});
