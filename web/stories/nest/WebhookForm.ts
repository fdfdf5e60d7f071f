import { ApiProblem } from '$lib/api/problem';
import WebhookForm from '$lib/ui/nest/WebhookForm.svelte';
import { press, stories, type } from '../page/story';

const form = (code: string, problem: ApiProblem | null = null) => ({
  code,
  problem,
  onadd: () => Promise.resolve()
});
const against = (detail: string): ApiProblem =>
  new ApiProblem({ code: 'invalid_input', status: 422, detail });

export default stories(WebhookForm, {
  'the main nest': { props: form('main') },
  'another nest': { props: form('ABCDE') },
  'an address of Slack': {
    props: form('ABCDE'),
    act: (root) => type(root, '.input', 'https://hooks.slack.com/services/T0/B0/secret')
  },
  'no address': { props: form('ABCDE'), act: (root) => press(root, 'Add'), shows: '[aria-invalid="true"]' },
  'the server refuses the address': {
    props: form('ABCDE', against('url: the address leads into the own network'))
  },
  'the server refuses the events': { props: form('ABCDE', against('events: choose at least one')) },
  'too many': {
    props: form('ABCDE', new ApiProblem({ code: 'too_many_webhooks', status: 409, detail: '' }))
  },
  'long words': { props: form('main'), app: (app) => app.i18n.use('de') }
});
