import GuestGate from '$lib/ui/nest/GuestGate.svelte';
import { BROKEN_COVER, COVER, LONG, UNBROKEN } from '../page/fixtures';
import { become } from '../page/stage';
import { never, press, refused, stories, type } from '../page/story';

async function enter(root: HTMLElement): Promise<void> {
  type(root, 'input', UNBROKEN.slice(0, 40));
  await press(root, 'Enter');
}

const LOOK = 'GET /api/v1/nests/ABCDE/look';
const faces = Array.from({ length: 12 }, (_, at) => ({ initials: at % 3 ? 'AB' : 'C', hue: at * 30 }));
const glimpse = (title: string, artist: string, people = 3, cover: string | null = COVER) => ({
  [LOOK]: {
    name: title === LONG ? LONG : 'The attic',
    listener_count: people,
    faces: faces.slice(0, people),
    cover_url: cover
  },
  'GET /playing/': { title, artist }
});
const unseen = { [LOOK]: refused(404, 'not_found') };

export default stories(GuestGate, {
  'asks for a name': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: glimpse('Feathers', 'The Rooks'),
    shows: '.cover'
  },
  'something with a long name plays': {
    props: { code: 'ABCDE' },
    app: async (app) => {
      become(app, null);
      await app.i18n.use('de');
    },
    answers: glimpse(LONG, UNBROKEN, 1200, BROKEN_COVER),
    shows: '.cover'
  },
  'it is quiet, and nobody is there': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: glimpse('', '', 0, null),
    shows: '.seen .hint'
  },
  'nothing is to be seen': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: unseen,
    shows: '.seen .hint'
  },
  'it is being looked at': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { [LOOK]: never },
    shows: '.skeleton'
  },
  'guests are not let in': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { ...unseen, 'POST /api/v1/guests': refused(403, 'guests_not_allowed') },
    act: enter,
    shows: 'h1 + p:not(.hint)'
  },
  'the nest is locked': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { ...unseen, 'POST /api/v1/guests': refused(403, 'nest_locked') },
    act: enter,
    shows: 'h1 + p:not(.hint)'
  },
  'there is a problem': {
    props: { code: 'ABCDE' },
    app: (app) => become(app, null),
    answers: { ...unseen, 'POST /api/v1/guests': refused(429, 'rate_limited') },
    act: enter,
    shows: '[role="alert"]'
  }
});
