import type { ApiToken } from '$lib/api/types';
import { Account } from '$lib/state/account.svelte';
import type { App } from '$lib/state/app.svelte';
import Tokens from '$lib/ui/settings/Tokens.svelte';
import { BEN, LONG, UNBROKEN } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { become } from '../page/stage';
import { press, stories, type } from '../page/story';

const token = (label: string): ApiToken => ({
  id: label,
  label,
  scopes: ['listen', 'add', 'control', 'administer'],
  created_at_ms: NOW_MS - 900_000_000,
  last_used_at_ms: label === 'radio' ? null : NOW_MS - 3_600_000
});

function account(app: App, labels: string[]): Account {
  const made = new Account(app.api);
  made.tokens = labels.map(token);
  return made;
}

export default stories(Tokens, {
  none: { props: (app) => ({ account: account(app, []) }) },
  some: { props: (app) => ({ account: account(app, ['radio', LONG, UNBROKEN]) }) },
  'a member': { props: (app) => ({ account: account(app, ['radio']) }), app: (app) => become(app, BEN) },
  'a new one, with its secret': {
    props: (app) => ({ account: account(app, []) }),
    answers: {
      'POST /api/v1/tokens': { token: token('radio'), secret: `rk_${UNBROKEN}` },
      'GET /api/v1/tokens': [token('radio')]
    },
    act: async (root) => {
      type(root, '.input', 'radio');
      await press(root, 'Create token');
    },
    shows: '.input[readonly]'
  }
});
