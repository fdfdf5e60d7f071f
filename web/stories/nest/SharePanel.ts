import SharePanel from '$lib/ui/nest/SharePanel.svelte';
import { nest, settings } from '../page/fixtures';
import { stories } from '../page/story';

export default stories(SharePanel, {
  'guests may come': { props: { state: nest(), open: true }, shows: '.code svg' },
  'members only': {
    props: { state: nest({ code: 'ABCDE', settings: settings({ guests_allowed: false }) }), open: true },
    shows: '.code svg'
  },
  'a word leads to it': {
    props: { state: nest({ code: 'ABCDE', settings: settings({ slug: 'friday-night' }) }), open: true },
    shows: '.code svg'
  },
  locked: { props: { state: nest({ code: 'ABCDE', locked: true }), open: true }, shows: '.code svg' },
  closed: { props: { state: nest(), open: false } }
});
