import { createRawSnippet } from 'svelte';
import ListenControls from '$lib/ui/nest/ListenControls.svelte';
import { stories } from '../page/story';

const children = createRawSnippet(() => ({
  render: () => '<button class="icon-button" aria-label="Pause">‖</button>'
}));

export default stories(ListenControls, {
  'not listening': { props: {} },
  listening: {
    props: {},
    app: ({ player }) => {
      player.listening = true;
      player.status = { state: 'in-step', errorMs: 4.2, mode: 'buffer' };
    }
  },
  'with the controls of the nest': { props: { children } },
  'long words': {
    props: { children },
    app: async ({ i18n, player }) => {
      await i18n.use('de');
      player.listening = true;
      player.status = { state: 'offline', sounding: true };
    }
  }
});
