import Message from '$lib/ui/Message.svelte';
import { ARABIC, LONG, UNBROKEN } from './page/fixtures';
import { stories } from './page/story';

export default stories(Message, {
  'only words': { props: { title: 'Nothing here', text: 'There is no such page.' } },
  'a way to try again': {
    props: { title: 'The server is away', text: 'Try again in a moment.', retry: () => undefined }
  },
  'a way out': {
    props: {
      title: 'This nest is closed',
      text: 'Its music is over.',
      link: { href: '/', name: 'To the nests' }
    }
  },
  'words that do not fit': {
    props: { title: UNBROKEN, text: LONG.repeat(3), link: { href: '/', name: 'Home' } }
  },
  'from right to left': { props: { title: ARABIC, text: ARABIC.repeat(4) } }
});
