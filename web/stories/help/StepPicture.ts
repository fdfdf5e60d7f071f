import StepPicture from '$lib/ui/help/StepPicture.svelte';
import { stories } from '../page/story';

export default stories(StepPicture, {
  'in English': { props: {} },
  'in German': { props: {}, app: (app) => app.i18n.use('de') }
});
