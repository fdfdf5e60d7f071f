import EmptyNest from '$lib/ui/nest/EmptyNest.svelte';
import { BEN, GUS } from '../page/fixtures';
import { become } from '../page/stage';
import { stories } from '../page/story';

export default stories(EmptyNest, {
  'an administrator': { props: {} },
  'a member': { props: {}, app: (app) => become(app, BEN) },
  'a guest': { props: {}, app: (app) => become(app, GUS) },
  'long words': { props: {}, app: (app) => app.i18n.use('de') }
});
