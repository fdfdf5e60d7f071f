import HomeDoors from '$lib/ui/HomeDoors.svelte';
import { LONG } from './page/fixtures';
import { press, stories, type } from './page/story';

export default stories(HomeDoors, {
  'a member': { props: { mayOpen: true } },
  'a guest': { props: { mayOpen: false } },
  'long words': { props: { mayOpen: true }, app: (app) => app.i18n.use('de') },
  'a name that fills the field': {
    props: { mayOpen: true },
    act: (root) => type(root, '.input:not(.code)', LONG.slice(0, 60))
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
