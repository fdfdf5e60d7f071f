import type { Webhook } from '$lib/api/types';
import { ApiProblem } from '$lib/api/problem';
import type { TestOutcome } from '$lib/state/webhooks.svelte';
import WebhookRow from '$lib/ui/nest/WebhookRow.svelte';
import { UNBROKEN } from '../page/fixtures';
import { stories } from '../page/story';
import { failing, givenUp, webhook } from '../page/webhooks';

const row = (shown: Webhook, outcome: TestOutcome | null = null) => ({
  webhook: shown,
  outcome,
  ontest: () => undefined,
  onresume: () => undefined,
  onremove: () => undefined
});
const refused = new ApiProblem({ code: 'outside_failed', status: 502, detail: 'it answered 404 Not Found' });

export default stories(WebhookRow, {
  works: { props: row(webhook()), within: 'ul' },
  'nothing sent yet': { props: row(webhook({ delivered_at_ms: null })), within: 'ul' },
  failing: { props: row(failing()), within: 'ul' },
  'given up': { props: row(givenUp()), within: 'ul' },
  'a test under way': { props: row(webhook(), { kind: 'sending' }), within: 'ul' },
  'a test arrived': { props: row(webhook(), { kind: 'arrived' }), within: 'ul' },
  'a test failed': { props: row(webhook(), { kind: 'failed', problem: refused }), within: 'ul' },
  'long words': {
    props: row(
      givenUp({
        host: `${UNBROKEN.toLowerCase()}.example.org`,
        failure: UNBROKEN,
        events: ['now_playing', 'horn', 'paused', 'resumed', 'skipped', 'nest_opened', 'server_started']
      })
    ),
    app: (app) => app.i18n.use('de'),
    within: 'ul'
  }
});
