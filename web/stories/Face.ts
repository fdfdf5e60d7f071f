import Face from '$lib/ui/Face.svelte';
import { ARABIC, BROKEN_COVER, COVER } from './page/fixtures';
import { stories } from './page/story';

export default stories(Face, {
  'two words': { props: { id: 'a', name: 'Ada Lovelace' } },
  'one word, large': { props: { id: 'b', name: 'Ben', size: 4 } },
  'from right to left': { props: { id: 'c', name: ARABIC } },
  emoji: { props: { id: 'd', name: '👩‍👩‍👧‍👦 🦉' } },
  'a torn picture': { props: { id: 'g', name: 'Gus Fern', size: 4, picture: BROKEN_COVER } },
  'a picture': { props: { id: 'f', name: 'Ada', picture: COVER } },
  'no name': { props: { id: 'e', name: '' } }
});
