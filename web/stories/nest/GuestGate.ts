import GuestGate from '$lib/ui/nest/GuestGate.svelte';
import { UNBROKEN } from '../page/fixtures';
import { become } from '../page/stage';
import { press, refused, stories, type } from '../page/story';

async function enter(root: HTMLElement): Promise<void> {
  type(root, 'input', UNBROKEN.slice(0, 40));
  await press(root, 'Enter');
}

export default stories(GuestGate, {
  'asks for a name': { props: { code: 'ABCDE' }, app: (app) => become(app, null) },
  'guests are not let in': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { 'POST /api/v1/guests': refused(403, 'guests_not_allowed') },
    act: enter,
    shows: 'h1 + p:not(.hint)'
  },
  'there is a problem': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { 'POST /api/v1/guests': refused(429, 'rate_limited') },
    act: enter,
    shows: '[role="alert"]'
  }
});
