import OpenNest from '$lib/ui/OpenNest.svelte';
import { LONG, track } from './page/fixtures';
import { press, refused, stories, type } from './page/story';

const TRACKS = 'GET /api/v1/tracks';
const found = { [TRACKS]: { tracks: [track('Feathers'), track(LONG), track('Nightjar')] } };
const FIELD = '[autocapitalize]';

export default stories(OpenNest, {
  'nothing said yet': { props: { open: true }, answers: found, shows: '[role="option"]' },
  'a library without songs': {
    props: { open: true },
    app: (app) => app.session.server && (app.session.server = { ...app.session.server, track_count: 0 })
  },
  'a word that can be no address': {
    props: { open: true },
    answers: found,
    act: (root) => type(root, FIELD, 'Zwölf Uhr'),
    shows: '.error'
  },
  'a letter alone, and it shall be opened': {
    props: { open: true },
    answers: found,
    act: async (root) => {
      type(root, FIELD, 'z');
      await press(root, 'Open');
    },
    shows: '.error'
  },
  'a word that another nest has': {
    props: { open: true },
    answers: { ...found, 'POST /api/v1/nests': refused(409, 'slug_taken') },
    act: async (root) => {
      type(root, FIELD, 'friday-night');
      await press(root, 'Open');
    },
    shows: '.error'
  },
  'no more can be opened': {
    props: { open: true },
    answers: { ...found, 'POST /api/v1/nests': refused(409, 'too_many_nests') },
    act: (root) => press(root, 'Open'),
    shows: '[role="alert"]'
  },
  'in German': {
    props: { open: true },
    app: (app) => app.i18n.use('de'),
    answers: found,
    shows: '[role="option"]'
  }
});
