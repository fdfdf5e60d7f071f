import type { NestState } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import Queue from '$lib/ui/nest/Queue.svelte';
import { awkward, BEN, GUS, entry, nest, paused, settings, track } from '../page/fixtures';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

const given = (state: NestState) => (app: App) => ({
  state,
  actions: actionsOf(app),
  ontalk: () => undefined
});

export default stories(Queue, {
  'three songs': { props: given(nest()) },
  empty: {
    props: given(nest({ queue: [] })),
    answers: { 'GET /api/v1/tracks': { tracks: [track('One'), track('Two')] } },
    shows: 'ul li'
  },
  'empty, without autofill, for a guest': {
    props: given(nest({ queue: [], settings: settings({ autofill: false }) })),
    app: (app) => become(app, GUS)
  },
  'awkward names': { props: given(nest({ queue: awkward() })) },
  'without autofill': { props: given(nest({ settings: settings({ autofill: false }) })) },
  'nothing chosen yet': { props: given(nest({ autofill: { state: 'ready', preview: null } })) },
  'resting, and nothing left': {
    props: given(nest({ playing: null, queue: [], autofill: { state: 'resting', preview: null } })),
    answers: { 'GET /api/v1/tracks': { tracks: [track('One'), track('Two')] } },
    shows: 'ul li'
  },
  paused: { props: given(paused()), app: (app) => become(app, BEN) },
  'two hundred songs': {
    props: given(nest({ queue: Array.from({ length: 200 }, (_, at) => entry(at + 2, { tally: 200 - at })) }))
  },
  'long words': { props: given(nest({ queue: awkward() })), app: (app) => app.i18n.use('de') }
});
