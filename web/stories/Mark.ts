import Mark from '$lib/ui/Mark.svelte';
import { stories } from './page/story';

export default stories(Mark, {
  small: { props: {} },
  large: { props: { size: 96 } }
});
