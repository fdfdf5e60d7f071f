import OrderingChoice from '$lib/ui/nest/OrderingChoice.svelte';
import { stories } from '../page/story';

const props = (ordering: 'fair' | 'most_votes' | 'first_come') => ({ ordering, onchange: () => undefined });

export default stories(OrderingChoice, {
  'fair turns': { props: props('fair') },
  'most votes': { props: props('most_votes') },
  'long words': { props: props('first_come'), app: (app) => app.i18n.use('de') }
});
