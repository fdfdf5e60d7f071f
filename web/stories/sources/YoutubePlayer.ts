import YoutubePlayer from '$lib/ui/sources/YoutubePlayer.svelte';
import { LONG } from '../page/fixtures';
import { stories } from '../page/story';

export default stories(YoutubePlayer, {
  paused: {
    props: { video: 'dQw4w9WgXcQ', title: LONG, playback: { state: 'paused', position_ms: 1000 } },
    shows: 'iframe'
  }
});
