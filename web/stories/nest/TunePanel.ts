import TunePanel from '$lib/ui/nest/TunePanel.svelte';
import { stories } from '../page/story';

export default stories(TunePanel, {
  open: { props: { open: true }, shows: 'dialog[open]' },
  'moved, in step': {
    props: { open: true },
    app: ({ player }) => {
      player.setNudge(-35);
      player.status = { state: 'in-step', errorMs: 1, mode: 'buffer' };
    },
    shows: 'dialog[open]'
  },
  'long words': { props: { open: true }, app: (app) => app.i18n.use('de'), shows: 'dialog[open]' },
  closed: { props: { open: false } }
});
