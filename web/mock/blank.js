// The plainest nest there is: set as the server sets a new one, with nobody and nothing in it. What the mock, the tests and
// the stories show begins here, so that a setting that is added is added once.

/** @typedef {import('../src/lib/api/types').NestSettings} NestSettings */
/** @typedef {import('../src/lib/api/types').NestState} NestState */

/**
 * @param {Partial<NestSettings>} [changes]
 * @returns {NestSettings}
 */
export const blankSettings = (changes) => ({
  name: 'Main nest',
  slug: null,
  autofill: true,
  autofill_rules: {
    depth: 1,
    streak_minutes_max: 120,
    filter_days: 7,
    genre: '',
    weights: {
      genre: 35,
      artist: 20,
      album: 5,
      collaborators: 10,
      sound: 10,
      favourites: 15,
      throwback: 30,
      library: 5
    }
  },
  guests_allowed: true,
  queue_entries_max: 200,
  ordering: 'fair',
  free_horn_jams: 5,
  member_actions: ['add', 'vote', 'jam', 'comment', 'horn', 'pause', 'skip', 'seek', 'volume'],
  guest_actions: ['add', 'vote', 'jam', 'comment', 'horn'],
  ...changes
});

/**
 * @param {Partial<NestState>} [changes]
 * @returns {NestState}
 */
export const blankNest = (changes) => ({
  code: 'main',
  settings: blankSettings(),
  host: null,
  playing: null,
  queue: [],
  autofill: { state: 'ready', preview: null },
  horns: [],
  free_horns: {},
  volume_percent: 95,
  locked: false,
  closed: false,
  ...changes
});
