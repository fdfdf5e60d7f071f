import WebhookSection from '$lib/ui/nest/WebhookSection.svelte';
import { UNBROKEN } from '../page/fixtures';
import { never, press, refused, stories, type } from '../page/story';
import { failing, givenUp, webhook } from '../page/webhooks';

const LIST = 'GET /api/v1/nests/main/webhooks';
const props = { code: 'main' };

export default stories(WebhookSection, {
  none: { props, answers: { [LIST]: [] }, shows: '.button' },
  some: { props, answers: { [LIST]: [webhook(), failing(), givenUp()] }, shows: 'li' },
  loading: { props, answers: { [LIST]: never } },
  'could not be loaded': { props, answers: { [LIST]: refused(503, 'unavailable') }, shows: '.error' },
  'adds one': {
    props,
    answers: { [LIST]: [] },
    act: async (root) => {
      await settled(root);
      await press(root, 'Add a webhook');
    },
    shows: 'dialog[open] form'
  },
  'the secret of a new one': {
    props,
    answers: {
      [LIST]: [],
      'POST /api/v1/nests/main/webhooks': { webhook: webhook(), secret: `whsec_${UNBROKEN}` }
    },
    act: async (root) => {
      await settled(root);
      await press(root, 'Add a webhook');
      await settled(root, 'dialog[open] form');
      type(root, 'input[type="url"]', 'https://bots.example.org/rookery');
      await press(root, 'Add');
    },
    shows: '.input[readonly]'
  },
  'asks before it removes one': {
    props,
    answers: { [LIST]: [webhook()] },
    act: async (root) => {
      await settled(root, 'li');
      await press(root, 'Remove the webhook to hooks.slack.com');
    },
    shows: 'dialog[open] .danger'
  }
});

/** Waits until something that the server's answer brings is there. */
async function settled(root: HTMLElement, selector = '.button'): Promise<void> {
  while (root.querySelector(selector) === null) await new Promise((resolve) => setTimeout(resolve, 10));
}
