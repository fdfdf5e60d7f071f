import type { NestState } from '$lib/api/types';
import type { App, OpenNest } from '$lib/state/app.svelte';
import NestView from '$lib/ui/nest/NestView.svelte';
import { ADA, awkward, BEN, GUS, LONG, PEAKS, nest, person, settings } from '../page/fixtures';
import { become, openNest } from '../page/stage';
import { stories } from '../page/story';

const view = (app: App) => ({ state: app.nest?.store.state as NestState, nest: app.nest as OpenNest });
const waveform = { 'GET /api/v1/tracks/track-Feathers/waveform': { peaks: PEAKS } };

export default stories(NestView, {
  'music plays': { props: view, app: (app) => openNest(app, nest(), [ADA, BEN, GUS]), answers: waveform },
  'somebody listens, in German': {
    props: view,
    app: async (app) => {
      openNest(app, nest(), [ADA, BEN]);
      app.player.listening = true;
      app.player.status = { state: 'in-step', errorMs: 4.2, mode: 'buffer' };
      await app.i18n.use('de');
    },
    answers: waveform
  },
  locked: {
    props: view,
    app: (app) => openNest(app, nest({ code: 'ABCDE', host: ADA.id, locked: true }), [ADA, BEN, GUS]),
    answers: waveform
  },
  'a guest': {
    props: view,
    app: (app) => {
      become(app, GUS);
      openNest(app, nest(), [ADA, BEN, GUS]);
    },
    answers: waveform
  },
  'an empty library': {
    props: view,
    app: (app) => {
      if (app.session.server) app.session.server = { ...app.session.server, track_count: 0 };
      openNest(app, nest({ playing: null, queue: [] }));
    }
  },
  'awkward names and many faces': {
    props: view,
    app: (app) => {
      const many = Array.from({ length: 60 }, (_, at) => person(`Listener ${at}`));
      openNest(app, nest({ queue: awkward(), settings: settings({ name: LONG }) }), many);
    },
    answers: waveform
  }
});
