import TunePanel from '$lib/ui/nest/TunePanel.svelte';
import type { App } from '$lib/state/app.svelte';
import { GUS, nest } from '../page/fixtures';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

const given = (open: boolean) => (app: App) => ({ state: nest(), actions: actionsOf(app), open });

export default stories(TunePanel, {
  open: { props: given(true), shows: 'dialog[open]' },
  'moved, in step': {
    props: given(true),
    app: ({ player }) => {
      player.setNudge(-35);
      player.status = { state: 'in-step', errorMs: 1, mode: 'buffer' };
    },
    shows: 'dialog[open]'
  },
  'long words': { props: given(true), app: (app) => app.i18n.use('de'), shows: 'dialog[open]' },
  'for a guest': {
    props: given(true),
    app: (app) => become(app, GUS),
    shows: 'dialog[open]'
  },
  closed: { props: given(false) }
});
