import { SourcesApi } from '$lib/api/sources';
import type { FollowingState, Source } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import { Hearing } from '$lib/state/hearing.svelte';
import Outside from '$lib/ui/sources/Outside.svelte';
import { become } from '../page/stage';
import { entry, foreign, LONG, song } from '../page/fixtures';
import { SPOTIFY } from '../page/sources';
import { nothing, stories } from '../page/story';

const DEVICE = 'GET /api/v1/nests/main/device';
const given = { code: 'main', entry: entry(1, { track: foreign('Dawn') }) };
const video = { code: 'main', entry: entry(1, { track: song('Dawn', { source: 'youtube:dQw4w9WgXcQ' }) }) };
const shown = { trackId: 'track-Dawn', id: 'dQw4w9WgXcQ', instead: false };
const follows = (state: FollowingState) => ({
  [DEVICE]: { device: 'a', device_name: LONG, state, detail: '' }
});

/** The app once it is known what this person has at Spotify. */
const knows =
  (spotify: Source = SPOTIFY) =>
  async (app: App): Promise<void> => {
    app.hearing = new Hearing('main', new SourcesApi());
    await app.hearing.meet([spotify]);
  };
const unconnected = knows({ ...SPOTIFY, is_connected: false });

export default stories(Outside, {
  'not connected': { props: given, app: unconnected, shows: 'a.button' },
  'no device': {
    props: given,
    app: knows(),
    answers: { [DEVICE]: nothing },
    shows: 'button'
  },
  'in step': { props: given, app: knows(), answers: follows('in_step'), shows: 'button' },
  'stepped back': { props: given, app: knows(), answers: follows('taken_over_paused'), shows: '.warn' },
  'in German': {
    props: given,
    app: async (app) => {
      await app.i18n.use('de');
      await knows()(app);
    },
    answers: follows('ended_premium_required'),
    shows: '.warn'
  },
  'for a guest': {
    props: given,
    app: async (app) => {
      become(app, { id: 'gus', name: 'Gus', role: 'guest' });
      await unconnected(app);
    }
  },
  'from the library instead': {
    props: given,
    app: async (app) => {
      await unconnected(app);
      app.player.playInstead({
        trackId: 'track-Dawn',
        sound: { stream_url: '/api/v1/tracks/track-Owned/stream' }
      });
    }
  },
  'a video': { props: video, app: (app) => app.player.show(shown) },
  'a video that may not be played here': {
    props: video,
    app: (app) => {
      app.player.listening = true;
      app.player.show(shown);
      app.player.videoStatus = { kind: 'forbidden' };
    }
  }
});
