import type { Invitation } from '$lib/api/types';
import { Account } from '$lib/state/account.svelte';
import type { App } from '$lib/state/app.svelte';
import Invitations from '$lib/ui/settings/Invitations.svelte';
import { NOW_MS } from '../page/now';
import { press, stories } from '../page/story';

const invitation = (id: number): Invitation => ({
  id: `${id}`,
  role: id % 2 === 0 ? 'administrator' : 'member',
  uses_left: id * 4 + 1,
  created_at_ms: NOW_MS,
  expires_at_ms: NOW_MS + (id + 1) * 86_400_000
});

function account(app: App, count: number): Account {
  const made = new Account(app.api);
  made.invitations = Array.from({ length: count }, (_, at) => invitation(at));
  return made;
}

export default stories(Invitations, {
  none: { props: (app) => ({ account: account(app, 0) }) },
  some: { props: (app) => ({ account: account(app, 3) }) },
  'a new one': {
    props: (app) => ({ account: account(app, 1) }),
    answers: {
      'POST /api/v1/invitations': { invitation: invitation(9), url: 'http://rookery.example/join#abc' },
      'GET /api/v1/invitations': [invitation(1), invitation(9)]
    },
    act: (root) => press(root, 'Create link'),
    shows: '.code svg'
  },
  'long words': { props: (app) => ({ account: account(app, 2) }), app: (app) => app.i18n.use('de') }
});
