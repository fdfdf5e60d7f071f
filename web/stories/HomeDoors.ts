import HomeDoors from '$lib/ui/HomeDoors.svelte';
import { press, stories, type } from './page/story';

export default stories(HomeDoors, {
  'a member': { props: { mayOpen: true } },
  'a guest': { props: { mayOpen: false } },
  'long words': { props: { mayOpen: true }, app: (app) => app.i18n.use('de') },
  'the dialog that opens one': {
    props: { mayOpen: true },
    answers: { 'GET /api/v1/tracks': { tracks: [] } },
    act: (root) => press(root, 'Open one'),
    shows: 'dialog[open] form'
  },
  'a code that cannot be one': {
    props: { mayOpen: true },
    act: async (root) => {
      type(root, '.code', '01IL0');
      await press(root, 'Join');
    },
    shows: '[role="alert"]'
  }
});
