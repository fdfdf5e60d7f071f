import type { NestState } from '$lib/api/types';
import type { App, OpenNest } from '$lib/state/app.svelte';
import DoorSection from '$lib/ui/nest/DoorSection.svelte';
import { ADA, BEN, GUS, LONG, UNBROKEN, nest, person, settings } from '../page/fixtures';
import { openNest } from '../page/stage';
import { press, refused, stories, type } from '../page/story';

const hosted = (changes: Partial<NestState> = {}): NestState =>
  nest({ code: 'ABCDE', host: ADA.id, ...changes });
const props = (state: NestState) => (app: App) => ({ state, nest: app.nest as OpenNest });
const people = [ADA, BEN, GUS, person(LONG), person(UNBROKEN)];
const LIST = 'GET /api/v1/nests/ABCDE/kicked';
const nobody = { [LIST]: [] };
const out = {
  [LIST]: [
    { id: 'zoe', name: 'Zoe' },
    { id: 'long', name: LONG }
  ]
};
const save = async (root: HTMLElement, word: string): Promise<void> => {
  type(root, '.input', word);
  await press(root, 'Save');
};

export default stories(DoorSection, {
  'people are here': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted(), people),
    answers: nobody
  },
  'alone, with an address, locked': {
    props: props(hosted({ locked: true, settings: settings({ slug: 'friday-night' }) })),
    app: (app) => openNest(app, hosted()),
    answers: nobody
  },
  'the main nest cannot be locked': {
    props: props(nest()),
    app: (app) => openNest(app, nest(), [ADA, BEN]),
    answers: { 'GET /api/v1/nests/main/kicked': [] }
  },
  'some were put out': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted(), [ADA, BEN]),
    answers: out,
    shows: '.people + .people'
  },
  'asks before it puts somebody out': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted(), [ADA, person(LONG)]),
    answers: nobody,
    act: (root) => press(root, `Put ${LONG} out`),
    shows: '.choices'
  },
  'a word that can be no address': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted()),
    answers: nobody,
    act: (root) => save(root, 'zwölf'),
    shows: '.error'
  },
  'a word that another nest has': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted()),
    answers: { ...nobody, 'POST /api/v1/nests/ABCDE/configure': refused(409, 'slug_taken') },
    act: (root) => save(root, 'friday-night'),
    shows: '.error'
  },
  'could not be loaded': {
    props: props(hosted()),
    app: (app) => openNest(app, hosted()),
    answers: { [LIST]: refused(503, 'unavailable') },
    shows: '.error'
  },
  'in German': {
    props: props(hosted({ locked: true })),
    app: async (app) => {
      openNest(app, hosted(), people);
      await app.i18n.use('de');
    },
    answers: out,
    shows: '.people + .people'
  }
});
