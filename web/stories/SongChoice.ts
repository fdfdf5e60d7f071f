import SongChoice from '$lib/ui/SongChoice.svelte';
import { ARABIC, BROKEN_COVER, COVER, EMOJI, LONG, UNBROKEN, track } from './page/fixtures';
import { never, refused, stories, type } from './page/story';

const TRACKS = 'GET /api/v1/tracks';
const tracks = [
  track('Feathers', { artwork_url: COVER }),
  track(LONG, { artist: LONG }),
  track(UNBROKEN, { artist: UNBROKEN }),
  track(ARABIC),
  track(EMOJI, { artist: '', album: '', artwork_url: BROKEN_COVER }),
  track('Being prepared', { playable: { state: 'pending' } })
];

export default stories(SongChoice, {
  'the newest are offered': {
    props: { song: null },
    answers: { [TRACKS]: { tracks } },
    shows: '[role="option"]'
  },
  'one that was typed would be chosen by Enter': {
    props: { song: null },
    answers: { [TRACKS]: { tracks } },
    act: (root) => type(root, '.input', 'feath'),
    shows: '[aria-selected="true"]'
  },
  'they are being loaded': { props: { song: null }, answers: { [TRACKS]: never } },
  'they could not be loaded': { props: { song: null }, answers: { [TRACKS]: refused(503, 'unavailable') } },
  'nothing was found': {
    props: { song: null },
    answers: { [TRACKS]: { tracks: [] } },
    act: (root) => type(root, '.input', 'kazoo'),
    shows: '[role="combobox"]'
  },
  'one was chosen': { props: { song: track('Feathers') }, answers: { [TRACKS]: { tracks } } },
  'one with a long name was chosen': {
    props: { song: track(LONG, { artist: LONG }) },
    app: (app) => app.i18n.use('de'),
    answers: { [TRACKS]: { tracks } }
  }
});
