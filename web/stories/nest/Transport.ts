import Transport from '$lib/ui/nest/Transport.svelte';
import { GUS, nest, paused } from '../page/fixtures';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

export default stories(Transport, {
  playing: { props: (app) => ({ state: nest(), actions: actionsOf(app) }) },
  paused: { props: (app) => ({ state: paused(), actions: actionsOf(app) }) },
  'nothing plays': { props: (app) => ({ state: nest({ playing: null }), actions: actionsOf(app) }) },
  'somebody who may not': {
    props: (app) => ({ state: nest(), actions: actionsOf(app) }),
    app: (app) => become(app, GUS)
  }
});
