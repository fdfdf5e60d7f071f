import type { App } from '$lib/state/app.svelte';
import Suggestions from '$lib/ui/nest/Suggestions.svelte';
import { ARABIC, LONG, track } from '../page/fixtures';
import { actionsOf } from '../page/stage';
import { never, refused, stories } from '../page/story';

const given = (app: App) => ({ actions: actionsOf(app) });

export default stories(Suggestions, {
  'some songs': {
    props: given,
    answers: { 'GET /api/v1/tracks': { tracks: [track('One'), track(LONG), track(ARABIC)] } },
    shows: 'li'
  },
  loading: { props: given, answers: { 'GET /api/v1/tracks': never } },
  'nothing to offer': { props: given, answers: { 'GET /api/v1/tracks': { tracks: [] } } },
  refused: { props: given, answers: { 'GET /api/v1/tracks': refused(503, 'busy') } }
});
