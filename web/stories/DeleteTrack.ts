import DeleteTrack from '$lib/ui/DeleteTrack.svelte';
import { ARABIC, LONG, track } from './page/fixtures';
import { stories } from './page/story';

export default stories(DeleteTrack, {
  'nothing to delete': { props: { track: null, onclose: () => undefined } },
  'a song': { props: { track: track('Feathers'), onclose: () => undefined }, shows: 'dialog[open]' },
  'a very long title': { props: { track: track(LONG), onclose: () => undefined }, shows: 'dialog[open]' },
  'a title from right to left': {
    props: { track: track(ARABIC), onclose: () => undefined },
    shows: 'dialog[open]'
  }
});
