import Artwork from '$lib/ui/Artwork.svelte';
import { ARABIC, BROKEN_COVER, COVER, EMOJI, song } from './page/fixtures';
import { stories } from './page/story';

export default stories(Artwork, {
  'a cover': { props: { track: song('Feathers', { artwork_url: COVER }), size: 96 }, shows: 'img' },
  'no cover': { props: { track: song('Untold'), size: 640 } },
  'a cover that is no picture': {
    props: { track: song('Torn', { artwork_url: BROKEN_COVER }), size: 320 },
    shows: '.artwork > svg'
  },
  'names of other scripts': { props: { track: song(ARABIC, { artist: EMOJI }), size: 320 } },
  'no words at all': { props: { track: song('', { artist: '', album: '' }), size: 320 } }
});
