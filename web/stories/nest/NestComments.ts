import type { NestState } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import NestComments from '$lib/ui/nest/NestComments.svelte';
import { ADA, BEN, GUS, entry, nest, settings } from '../page/fixtures';
import { talk } from '../page/people';
import { actionsOf, become } from '../page/stage';
import { stories } from '../page/story';

const given = (state: NestState) => (app: App) => ({ state, actions: actionsOf(app) });
const talked = nest({ queue: [entry(2, { comments: talk(BEN, ADA) })] });
const reading = (id: number) => (app: App) => void (app.reading = id);

export default stories(NestComments, {
  'nobody reads': { props: given(talked) },
  'of a song that waits': { props: given(talked), app: reading(2), shows: 'dialog[open]' },
  'of the song that plays': { props: given(talked), app: reading(1), shows: 'dialog[open]' },
  'by a guest who may not speak': {
    props: given({ ...talked, settings: settings({ guest_actions: ['vote'] }) }),
    app: (app) => {
      become(app, GUS);
      app.reading = 2;
    },
    shows: 'dialog[open]'
  },
  'of a song that is nowhere': { props: given(talked), app: reading(99) }
});
