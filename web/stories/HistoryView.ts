import type { Play } from '$lib/api/types';
import { EVERYTHING } from '$lib/history';
import HistoryView from '$lib/ui/HistoryView.svelte';
import { ADA, ARABIC, BEN, GUS, LONG, by, nest, person, settings, song } from './page/fixtures';
import { NOW_MS } from './page/now';
import { jams, talk } from './page/people';
import { become, openNest } from './page/stage';
import { never, press, refused, stories } from './page/story';

const HOUR_MS = 3_600_000;
const ALL = 'GET /api/v1/plays';
const ONE = 'GET /api/v1/nests/main/plays';
const NEST = 'GET /api/v1/nests/main';
const play = (title: string, hoursAgo: number, changes: Partial<Play> = {}): Play => ({
  id: title,
  track: song(title),
  added_by: by(BEN),
  outcome: 'finished',
  started_at_ms: NOW_MS - hoursAgo * HOUR_MS,
  jams: [],
  comments: [],
  ...changes
});
const oak = { name: 'The Old Oak', code: 'main' };
const plays = [
  play('Feathers', 1, { nest: oak, jams: jams(ADA, GUS), comments: talk(BEN, ADA) }),
  play(LONG, 2, { nest: { name: LONG, code: 'ABCDE' }, added_by: by(person(LONG)) }),
  play(ARABIC, 27, { nest: { name: 'Attic' }, outcome: 'skipped' }),
  play('Nightjar', 30, { nest: oak, added_by: { kind: 'autofill' } })
];
const page = { plays, next_cursor: 'more' };
const own = { plays: plays.map((one) => ({ ...one, nest: undefined })) };
const state = nest({ settings: settings({ name: 'The Old Oak' }) });
const snapshot = { epoch: 'e', offset: 1, server_time_ms: NOW_MS, state };
const all = { code: null, filter: EVERYTHING };
const one = { code: 'main', filter: EVERYTHING };

export default stories(HistoryView, {
  'of all nests': { props: all, answers: { [ALL]: page }, shows: '.row' },
  'of a nest that is open': {
    props: one,
    app: (app) => openNest(app, state),
    answers: { [ONE]: own, [NEST]: snapshot },
    shows: '.row'
  },
  'what was said of a song': {
    props: all,
    answers: { [ALL]: page },
    act: async (root) => {
      while (root.querySelector('.row') === null) await new Promise((resolve) => setTimeout(resolve, 10));
      await press(root, 'Comments on Feathers, 3 comments');
    },
    shows: 'dialog[open]'
  },
  'nothing was played anywhere': { props: all, answers: { [ALL]: { plays: [] } }, shows: '.none' },
  'nothing that was played is like that': {
    props: { code: null, filter: { ...EVERYTHING, text: 'zither', source: 'youtube' } },
    answers: { [ALL]: { plays: [] } },
    shows: '.none'
  },
  loading: { props: all, answers: { [ALL]: never } },
  'could not be loaded': { props: all, answers: { [ALL]: refused(503, 'unavailable') }, shows: '.button' },
  'for a guest, who reads that of a nest alone': { props: all, app: (app) => become(app, GUS) },
  'for nobody': { props: one, app: (app) => become(app, null) },
  'in German': {
    props: all,
    app: (app) => app.i18n.use('de'),
    answers: { [ALL]: page },
    shows: '.row'
  }
});
