import { createRawSnippet, type Snippet } from 'svelte';
import type { App } from '$lib/state/app.svelte';
import ListenControls from '$lib/ui/nest/ListenControls.svelte';
import { nest } from '../page/fixtures';
import { actionsOf } from '../page/stage';
import { stories } from '../page/story';

const children = createRawSnippet(() => ({
  render: () => '<button class="icon-button" aria-label="Pause">‖</button>'
}));

const given =
  (more: { children?: Snippet } = {}) =>
  (app: App) => ({
    state: nest(),
    actions: actionsOf(app),
    ...more
  });

export default stories(ListenControls, {
  'not listening': { props: given() },
  listening: {
    props: given(),
    app: ({ player }) => {
      player.listening = true;
      player.status = { state: 'in-step', errorMs: 4.2, mode: 'buffer' };
    }
  },
  'with the controls of the nest': { props: given({ children }) },
  'long words': {
    props: given({ children }),
    app: async ({ i18n, player }) => {
      await i18n.use('de');
      player.listening = true;
      player.status = { state: 'offline', sounding: true };
    }
  }
});
