import KeyList from '$lib/ui/KeyList.svelte';
import { stories } from './page/story';

export default stories(KeyList, {
  'all keys': { props: {} },
  'in German': { props: {}, app: (app) => app.i18n.use('de') }
});
