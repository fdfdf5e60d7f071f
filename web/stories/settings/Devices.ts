import { Account } from '$lib/state/account.svelte';
import type { App } from '$lib/state/app.svelte';
import Devices from '$lib/ui/settings/Devices.svelte';
import { LONG, UNBROKEN } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { press, stories } from '../page/story';

function account(app: App, labels: string[]): Account {
  const made = new Account(app.api);
  made.devices = labels.map((label, at) => ({
    id: `${at}`,
    label,
    current: at === 0,
    created_at_ms: NOW_MS - 900_000_000,
    last_seen_at_ms: NOW_MS - at * 90_000_000
  }));
  return made;
}

export default stories(Devices, {
  'this one': { props: (app) => ({ account: account(app, ['Firefox on Linux']) }) },
  'many, with awkward names': {
    props: (app) => ({ account: account(app, ['Safari on iPhone', LONG, UNBROKEN, '']) })
  },
  'in German': {
    props: (app) => ({
      account: account(app, ['Firefox on Linux', 'Safari on iPhone', 'A program', 'curl'])
    }),
    app: (app) => app.i18n.use('de')
  },
  loading: { props: (app) => ({ account: account(app, []) }) },
  'a link for one more': {
    props: (app) => ({ account: account(app, ['Firefox on Linux']) }),
    answers: {
      'POST /api/v1/session/links': {
        url: 'http://rookery.example/join#abc',
        expires_at_ms: NOW_MS + 600_000
      }
    },
    act: (root) => press(root, 'Make a link'),
    shows: '.code svg'
  }
});
