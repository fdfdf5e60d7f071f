import Listening from '$lib/ui/Listening.svelte';
import { ARABIC, COVER, entry, nest, song } from './page/fixtures';
import { openNest } from './page/stage';
import { stories } from './page/story';

export default stories(Listening, {
  'no nest': { props: {} },
  'says what plays': { props: {}, app: (app) => openNest(app, nest()) },
  'says a song of nobody': {
    props: {},
    app: (app) => {
      const untold = entry(1, { track: song(ARABIC, { artist: '', artwork_url: COVER }) });
      openNest(app, nest({ playing: { entry: untold, playback: { state: 'paused', position_ms: 0 } } }));
    }
  }
});
