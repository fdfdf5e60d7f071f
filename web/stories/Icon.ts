import Icon from '$lib/ui/Icon.svelte';
import { stories } from './page/story';

export default stories(Icon, {
  plain: { props: { name: 'history' } },
  large: { props: { name: 'upload', size: 44 } },
  filled: { props: { name: 'play', size: 26 } }
});
