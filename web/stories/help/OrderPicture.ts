import OrderPicture from '$lib/ui/help/OrderPicture.svelte';
import { stories } from '../page/story';

export default stories(OrderPicture, {
  'in English': { props: {} },
  'in German': { props: {}, app: (app) => app.i18n.use('de') }
});
