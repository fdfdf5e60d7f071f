import MiniPlayer from '$lib/ui/MiniPlayer.svelte';
import { EMOJI, LONG, entry, nest, paused, settings, song } from './page/fixtures';
import { NOW_MS } from './page/now';
import { openNest } from './page/stage';
import { stories } from './page/story';

export default stories(MiniPlayer, {
  'no nest': { props: {} },
  'a nest nobody listens to': { props: {}, app: (app) => openNest(app, nest()) },
  'in step': {
    props: {},
    app: (app) => {
      openNest(app, nest());
      app.player.listening = true;
      app.player.status = { state: 'in-step', errorMs: 3, mode: 'buffer' };
    }
  },
  'nothing plays': { props: {}, app: (app) => openNest(app, nest({ playing: null, queue: [] })) },
  'a video, which is heard on the page of its nest alone': {
    props: {},
    app: (app) => {
      const video = entry(1, { track: song('Rooks at dawn', { source: 'youtube:dQw4w9WgXcQ' }) });
      openNest(
        app,
        nest({ playing: { entry: video, playback: { state: 'running', started_at_ms: NOW_MS } } })
      );
      app.player.listening = true;
      app.player.status = { state: 'idle', reason: 'nothing-playing' };
    }
  },
  'very long names': {
    props: {},
    app: (app) => {
      const long = entry(1, { track: song(LONG, { artist: LONG }) });
      openNest(app, paused({ playing: { entry: long, playback: { state: 'paused', position_ms: 1 } } }));
    }
  },
  'a song of nobody': {
    props: {},
    app: (app) => {
      const untold = entry(1, { track: song(EMOJI, { artist: '', album: '' }) });
      const playing = { entry: untold, playback: { state: 'paused' as const, position_ms: 1 } };
      openNest(app, nest({ playing, settings: settings({ name: LONG }) }));
    }
  }
});
