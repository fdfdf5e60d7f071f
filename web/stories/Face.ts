import Face from '$lib/ui/Face.svelte';
import { ARABIC, COVER } from './page/fixtures';
import { stories } from './page/story';

export default stories(Face, {
  'two words': { props: { id: 'a', name: 'Ada Lovelace' } },
  'one word, large': { props: { id: 'b', name: 'Ben', size: 4 } },
  'from right to left': { props: { id: 'c', name: ARABIC } },
  emoji: { props: { id: 'd', name: '👩‍👩‍👧‍👦 🦉' } },
  'a picture': { props: { id: 'f', name: 'Ada', picture: COVER } },
  'no name': { props: { id: 'e', name: '' } }
});
