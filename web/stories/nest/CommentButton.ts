import CommentButton from '$lib/ui/nest/CommentButton.svelte';
import { stories } from '../page/story';

const given = { title: 'Feathers', onopen: () => undefined };

export default stories(CommentButton, {
  'nothing was said': { props: { ...given, count: 0 } },
  'one comment': { props: { ...given, count: 1 } },
  'as many as there can be': { props: { ...given, count: 50 } }
});
