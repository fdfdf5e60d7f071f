import type { FilteredTrack, TrackSummary } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import KeptOut from '$lib/ui/nest/KeptOut.svelte';
import { ADA, ARABIC, BEN, LONG, UNBROKEN, person, song } from '../page/fixtures';
import { NOW_MS } from '../page/now';
import { actionsOf } from '../page/stage';
import { never, press, refused, stories } from '../page/story';

const DAY_MS = 86_400_000;
const LIST = 'GET /api/v1/nests/main/filtered';
const given = (mayLetIn: boolean) => (app: App) => ({ code: 'main', actions: actionsOf(app), mayLetIn });
const open = (root: HTMLElement): void => root.querySelector('summary')?.click();
const kept = (track: TrackSummary, days: number, by: { id: string; name: string } | null): FilteredTrack => ({
  track,
  at_ms: NOW_MS - DAY_MS,
  until_ms: NOW_MS + days * DAY_MS,
  by
});
const some = [
  kept(song('Nightjar'), 6, ADA),
  kept(song('Feathers', { artist: '' }), 5, null),
  kept(song(LONG, { artist: LONG }), 3, person(LONG)),
  kept(song(UNBROKEN, { artist: UNBROKEN }), 2, BEN),
  kept(song(ARABIC, { artist: ARABIC }), 1, person(ARABIC))
];

export default stories(KeptOut, {
  folded: { props: given(true) },
  nothing: { props: given(true), answers: { [LIST]: [] }, act: open, shows: '.hint' },
  some: { props: given(true), answers: { [LIST]: some }, act: open, shows: 'li' },
  'for somebody who may not skip': {
    props: given(false),
    answers: { [LIST]: some.slice(0, 2) },
    act: open,
    shows: 'li'
  },
  'one was let in again': {
    props: given(true),
    answers: { [LIST]: some.slice(0, 2), 'POST /api/v1/nests/main/unfilter': { offset: 1 } },
    act: async (root) => {
      open(root);
      while (root.querySelector('li') === null) await new Promise((resolve) => setTimeout(resolve, 10));
      await press(root, 'Let Nightjar in again');
      while (root.querySelectorAll('li').length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    shows: 'summary:focus'
  },
  loading: { props: given(true), answers: { [LIST]: never }, act: open },
  'could not be loaded': {
    props: given(true),
    answers: { [LIST]: refused(503, 'unavailable') },
    act: open,
    shows: '.error'
  },
  'in German': {
    props: given(true),
    app: (app) => app.i18n.use('de'),
    answers: { [LIST]: some },
    act: open,
    shows: 'li'
  }
});
