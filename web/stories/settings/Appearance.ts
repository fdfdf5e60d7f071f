import Appearance from '$lib/ui/settings/Appearance.svelte';
import { stories } from '../page/story';

export default stories(Appearance, {
  'in English': { props: {} },
  'in German': { props: {}, app: (app) => app.i18n.use('de') }
});
