import type { NestState } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import HornPanel from '$lib/ui/nest/HornPanel.svelte';
import { ADA, BEN, GUS, nest } from '../page/fixtures';
import { HORN_SOUNDS, horn } from '../page/people';
import { actionsOf } from '../page/stage';
import { never, refused, stories } from '../page/story';

const given =
  (state: NestState, why: string | null = null, open = true) =>
  (app: App) => ({ state, actions: actionsOf(app), refused: why, open });
const answers = { 'GET /api/v1/horns': HORN_SOUNDS };
const blown = { horns: [horn(BEN, 'goat', 1), horn(ADA, 'sad_trombone', 2), horn(GUS, 'gong', 3)] };
const shows = 'dialog[open] .sounds .button + .button';

export default stories(HornPanel, {
  closed: { props: given(nest(), null, false) },
  open: { props: given(nest(blown)), answers, shows },
  'being loaded': {
    props: given(nest()),
    answers: { 'GET /api/v1/horns': never },
    shows: 'dialog[open] .skeleton'
  },
  'the sounds cannot be had': {
    props: given(nest()),
    answers: { 'GET /api/v1/horns': refused(503, 'unavailable') },
    shows: 'dialog[open] .error'
  },
  'with free horns': { props: given(nest({ free_horns: { [ADA.id]: 2 } })), answers, shows },
  'nothing plays': { props: given(nest({ playing: null }), 'Nothing is playing.'), answers, shows },
  'only for me': {
    props: given(nest(), 'You may not do that here.'),
    answers,
    act: (root) => root.querySelector<HTMLInputElement>('[role="switch"]')?.click(),
    shows
  },
  'long words': {
    props: given(nest({ ...blown, free_horns: { [ADA.id]: 1 } })),
    app: (app) => app.i18n.use('de'),
    answers,
    shows
  }
});
