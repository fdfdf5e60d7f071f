import VolumeControl from '$lib/ui/nest/VolumeControl.svelte';
import { stories } from '../page/story';

export default stories(VolumeControl, {
  'as it was left': { props: {} },
  muted: { props: {}, app: ({ player }) => void (player.muted = true) },
  silent: { props: {}, app: ({ player }) => void (player.volume = 0) }
});
