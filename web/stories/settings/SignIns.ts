import { Account } from '$lib/state/account.svelte';
import type { App } from '$lib/state/app.svelte';
import SignIns from '$lib/ui/settings/SignIns.svelte';
import { UNBROKEN } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { stories } from '../page/story';

function account(app: App, addresses: string[]): Account {
  const made = new Account(app.api);
  made.identities = addresses.map((address, at) => ({
    id: `${at}`,
    provider_name: 'Google',
    address,
    created_at_ms: NOW_MS - 900_000_000,
    last_used_at_ms: NOW_MS - at * 90_000_000
  }));
  return made;
}

function offer(app: App): void {
  const server = app.session.server;
  if (server) app.session.server = { ...server, sign_in: [{ id: 'google', name: 'Google' }] };
}

export default stories(SignIns, {
  none: { props: (app) => ({ account: account(app, []) }), app: offer },
  'two, one of them long': {
    props: (app) => ({ account: account(app, ['ada@example.org', `${UNBROKEN}@example.org`]) }),
    app: offer
  }
});
