import Copyable from '$lib/ui/Copyable.svelte';
import { UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

export default stories(Copyable, {
  'a link': { props: { label: 'Link', text: 'https://rookery.example/nest/ABCDE' } },
  'a code, large': { props: { label: 'Code', text: 'ABCDE', large: true } },
  'longer than the page': {
    props: { label: UNBROKEN, text: `https://rookery.example/${UNBROKEN.repeat(4)}` }
  }
});
