import PageHead from '$lib/ui/PageHead.svelte';
import { ARABIC, LONG, UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

export default stories(PageHead, {
  'a short title': { props: { title: 'Members', back: '/settings' } },
  'a very long title': { props: { title: LONG, back: '/settings' } },
  'a word without end': { props: { title: UNBROKEN, back: '/settings' } },
  'from right to left': { props: { title: ARABIC, back: '/settings' } }
});
