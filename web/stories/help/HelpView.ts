import HelpView from '$lib/ui/help/HelpView.svelte';
import { stories } from '../page/story';

export default stories(HelpView, {
  'in English': { props: {} },
  'in German': { props: {}, app: (app) => app.i18n.use('de') }
});
