import Shortcuts from '$lib/ui/Shortcuts.svelte';
import { stories } from './page/story';

const ask = (): void => void window.dispatchEvent(new KeyboardEvent('keydown', { key: '?', shiftKey: true }));

export default stories(Shortcuts, {
  hidden: { props: {} },
  shown: { props: {}, act: ask, shows: 'dialog[open]' },
  'long words': { props: {}, app: (app) => app.i18n.use('de'), act: ask, shows: 'dialog[open]' }
});
