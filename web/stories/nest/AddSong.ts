import type { Track } from '$lib/api/types';
import type { App } from '$lib/state/app.svelte';
import AddSong from '$lib/ui/nest/AddSong.svelte';
import { awkward, ARABIC, EMOJI, LONG, nest, track } from '../page/fixtures';
import { actionsOf } from '../page/stage';
import { SPOTIFY, YOUTUBE } from '../page/sources';
import { never, press, refused, stories, type } from '../page/story';

const library = [
  track('One'),
  track(LONG, { artist: LONG }),
  track(ARABIC, { artist: ARABIC }),
  track(EMOJI, { playable: { state: 'pending' } })
];
const given = (app: App) => ({ state: nest({ queue: awkward() }), actions: actionsOf(app) });
const NONE = { 'GET /api/v1/sources': [] };
const answering = (tracks: Track[]) => ({ ...NONE, 'GET /api/v1/tracks': { tracks } });
const open = (root: HTMLElement): void => root.querySelector('input')?.focus();

export default stories(AddSong, {
  closed: { props: given },
  'the newest': { props: given, answers: answering(library), act: open, shows: '[role="option"]' },
  loading: {
    props: given,
    answers: { ...NONE, 'GET /api/v1/tracks': never },
    act: open,
    shows: 'li.skeleton'
  },
  'nothing found': {
    props: given,
    answers: answering([]),
    act: (root) => {
      open(root);
      type(root, 'input', LONG);
    },
    shows: '.panel:not(:has(.skeleton))'
  },
  'an empty library': {
    props: given,
    answers: answering([]),
    act: open,
    shows: '.panel:not(:has(.skeleton))'
  },
  refused: {
    props: given,
    answers: { ...NONE, 'GET /api/v1/tracks': refused(503, 'busy') },
    act: open,
    shows: '.panel:not(:has(.skeleton))'
  },
  'with services': {
    props: given,
    answers: { ...answering(library), 'GET /api/v1/sources': [SPOTIFY, YOUTUBE] },
    act: open,
    shows: '.chip'
  },
  'at a service': {
    props: given,
    answers: { ...answering(library), 'GET /api/v1/sources': [SPOTIFY, YOUTUBE] },
    act: async (root) => {
      open(root);
      while (root.querySelector('.chip') === null) await new Promise((done) => setTimeout(done, 20));
      await press(root, 'Spotify');
    },
    shows: '.elsewhere .found'
  }
});
