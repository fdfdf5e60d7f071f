import SourceFinder from '$lib/ui/sources/SourceFinder.svelte';
import { FOUND, list, SPOTIFY, ways, YOUTUBE } from '../page/sources';
import { LONG } from '../page/fixtures';
import { never, refused, stories } from '../page/story';

const SEARCH = 'GET /api/v1/sources/spotify/search';
const collections = [list('Twigs'), list(LONG, { kind: 'playlist', by: LONG, tracks_total: null })];
const results = { [SEARCH]: { tracks: FOUND, collections } };
const given = (query = 'rooks') => ({ source: SPOTIFY, query, ...ways() });
const until = async (selector: string): Promise<void> => {
  while (document.querySelector(selector) === null) await new Promise((done) => setTimeout(done, 20));
};

export default stories(SourceFinder, {
  'nothing typed': { props: () => given('') },
  loading: { props: () => given(), answers: { [SEARCH]: never }, shows: '.skeleton' },
  found: { props: () => given(), answers: results, shows: '.list' },
  'in German': { props: () => given(), app: (app) => app.i18n.use('de'), answers: results, shows: '.list' },
  'nothing found': {
    props: () => given(LONG),
    answers: { [SEARCH]: { tracks: [], collections: [] } },
    shows: '.found:not(:has(.skeleton))'
  },
  'asked to wait': {
    props: () => given(),
    answers: {
      [SEARCH]: () =>
        new Response(
          JSON.stringify({ code: 'source_rate_limited', status: 429, detail: '', retry_after_s: 40 }),
          {
            status: 429
          }
        )
    },
    shows: '.note .button'
  },
  refused: {
    props: () => given(),
    answers: { [SEARCH]: refused(502, 'source_away') },
    shows: '.note .button'
  },
  'not connected': {
    props: () => ({ ...given(''), source: { ...SPOTIFY, is_connected: false } }),
    shows: '.note a'
  },
  'only links': { props: () => ({ ...given(''), source: { ...YOUTUBE, search: [] } }) },
  'an album': {
    props: () => given(),
    answers: {
      ...results,
      'GET /api/v1/sources/spotify/album/Twigs': {
        collection: list('Twigs'),
        tracks: FOUND,
        tracks_count: 12,
        left_out: 0,
        next_offset: 4
      }
    },
    act: async (root) => {
      await until('.list');
      root.querySelector<HTMLElement>('.list')?.click();
    },
    shows: '.more'
  },
  'a list that is cut': {
    props: () => given(),
    answers: {
      ...results,
      'GET /api/v1/sources/spotify/album/Twigs': {
        collection: list('Twigs'),
        tracks: FOUND.slice(0, 1),
        tracks_count: 1,
        left_out: 31
      }
    },
    act: async (root) => {
      await until('.list');
      root.querySelector<HTMLElement>('.list')?.click();
    },
    shows: '.found .note'
  }
});
