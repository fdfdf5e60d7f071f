import NestCards from '$lib/ui/NestCards.svelte';
import { ARABIC, EMOJI, LONG, BROKEN_COVER, song, summary } from './page/fixtures';
import { stories } from './page/story';

export default stories(NestCards, {
  loading: { props: { nests: null } },
  none: { props: { nests: [] } },
  one: { props: { nests: [summary()] } },
  locked: { props: { nests: [summary(), summary({ code: 'ABCDE', locked: true })] } },
  quiet: { props: { nests: [summary({ playing: null, listener_count: 0, queue_count: 0 })] } },
  'awkward names': {
    props: {
      nests: [
        summary({ code: 'AAAAA', name: LONG, playing: song(LONG), listener_count: 12_345 }),
        summary({ code: 'BBBBB', name: ARABIC, playing: song(ARABIC, { artist: '' }), listener_count: 1 }),
        summary({ code: 'CCCCC', name: EMOJI, playing: song(EMOJI, { artwork_url: BROKEN_COVER }) })
      ]
    }
  }
});
