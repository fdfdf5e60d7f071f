import type { Autofill, Preview } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import PreviewRow from '$lib/ui/nest/PreviewRow.svelte';
import { ADA, ARABIC, BEN, COVER, GUS, LONG, UNBROKEN } from '../page/fixtures';
import { foreign, nest, person, preview, seed, settings, song } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

const DAY_MS = 86_400_000;
const given = (autofill: Autofill) => (app: App) => ({ state: nest({ autofill }), actions: actionsOf(app) });
const silent = (app: App) => ({
  state: nest({ playing: null, queue: [], autofill: { state: 'resting', preview: null } }),
  actions: actionsOf(app)
});
const shown = (chosen: Preview) => given({ state: 'ready', preview: chosen });
const bo = { id: BEN.id, name: BEN.name };

export default stories(PreviewRow, {
  'the same artist': { props: shown(preview({ kind: 'same_artist', artist: 'The Rooks' }, seed())) },
  'with a cover': {
    props: shown(
      preview({ kind: 'same_genre', genre: 'Folk' }, seed(ADA), song('Nightjar', { artwork_url: COVER }))
    ),
    shows: 'img'
  },
  'three years ago today': {
    props: shown(preview({ kind: 'throwback', by: bo, played_at_ms: NOW_MS - 3 * 365.25 * DAY_MS }))
  },
  'four weeks ago': {
    props: shown(preview({ kind: 'throwback', by: bo, played_at_ms: NOW_MS - 28 * DAY_MS }))
  },
  'a favourite': { props: shown(preview({ kind: 'favourite', jams: 7, by: bo })) },
  'from anywhere': { props: shown(preview({ kind: 'library' })) },
  'of another service': {
    props: shown(preview({ kind: 'similar_sound' }, seed(), foreign('Nightjar', 'track-1')))
  },
  'for a guest, who may do nothing with it': {
    props: shown(preview({ kind: 'library' })),
    app: (app) => become(app, GUS)
  },
  'nothing chosen yet': { props: given({ state: 'ready', preview: null }) },
  'about to rest': { props: given({ state: 'resting', preview: null }) },
  resting: { props: silent },
  'resting, for a guest': {
    props: silent,
    app: (app) => become(app, GUS)
  },
  'very long names': {
    props: shown(
      preview({ kind: 'same_album', album: LONG }, seed(person(LONG), LONG), song(LONG, { artist: LONG }))
    )
  },
  'words without end, from right to left': {
    props: shown(
      preview(
        { kind: 'collaborator', artist: UNBROKEN },
        seed(person(ARABIC), ARABIC),
        song(ARABIC, { artist: UNBROKEN })
      )
    )
  },
  'in German': {
    props: (app) => ({
      state: nest({
        autofill: {
          state: 'ready',
          preview: preview({ kind: 'collaborator', artist: 'The Rooks' }, seed())
        },
        settings: settings({ guests_allowed: false })
      }),
      actions: actionsOf(app)
    }),
    app: (app) => app.i18n.use('de')
  },
  'resting, in German': {
    props: given({ state: 'resting', preview: null }),
    app: (app) => app.i18n.use('de')
  }
});
