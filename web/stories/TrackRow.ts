import TrackRow from '$lib/ui/TrackRow.svelte';
import { ARABIC, BROKEN_COVER, EMOJI, LONG, nest, track } from './page/fixtures';
import { openNest } from './page/stage';
import { stories } from './page/story';

export default stories(TrackRow, {
  'a song': { props: { track: track('Feathers'), ondelete: null } },
  'with everything that can be done': {
    props: { track: track('Feathers'), ondelete: () => undefined },
    app: (app) => openNest(app, nest())
  },
  'being made playable': {
    props: { track: track('New', { playable: { state: 'pending' } }), ondelete: null }
  },
  'cannot be played': {
    props: {
      track: track(LONG, { playable: { state: 'failed', reason: 'the file ends in the middle of a frame' } }),
      ondelete: () => undefined
    }
  },
  'very long names': {
    props: { track: track(LONG, { artist: LONG, duration_ms: 36_000_000 }), ondelete: () => undefined },
    app: (app) => openNest(app, nest())
  },
  'from right to left': {
    props: { track: track(ARABIC, { artist: ARABIC, album: ARABIC }), ondelete: null }
  },
  'emoji and a torn cover': {
    props: { track: track(EMOJI, { artist: '', album: '', artwork_url: BROKEN_COVER }), ondelete: null },
    shows: '.artwork > svg'
  }
});
