import Meter from '$lib/ui/operations/Meter.svelte';
import { stories } from '../page/story';

export default stories(Meter, {
  'a part': { props: { label: 'Disk', share: 0.4, text: '40 % taken' } },
  'nearly full': { props: { label: 'Disk', share: 0.97, text: '97 % taken', bad: true } },
  'more than there is': { props: { label: 'Memory', share: 1.4, text: '168 of 120 MiB', bad: true } },
  nothing: { props: { label: 'Disk', share: 0, text: '0 % taken' } }
});
