import ServiceMark from '$lib/ui/ServiceMark.svelte';
import { stories } from './page/story';

export default stories(ServiceMark, {
  'of Spotify': { props: { source: 'spotify:track:4uLU6hMCjMI75M1A2tKUQC' } },
  'of YouTube': { props: { source: 'youtube:dQw4w9WgXcQ' } },
  'of SoundCloud': { props: { source: 'soundcloud:123' } }
});
