import JamButton from '$lib/ui/nest/JamButton.svelte';
import { stories } from '../page/story';

const given = { title: 'Feathers', on: false, count: 0, refused: null, onjam: () => undefined };

export default stories(JamButton, {
  'nobody yet': { props: given },
  'others do': { props: { ...given, count: 3 } },
  'so do I, and it sways': { props: { ...given, on: true, count: 4, swaying: true } },
  'more than fit in a small number': { props: { ...given, on: true, count: 200 } },
  'not for me': { props: { ...given, count: 2, refused: 'You may not do that here.' } }
});
