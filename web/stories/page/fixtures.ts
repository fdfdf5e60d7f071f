import type {
  Action,
  Contributor,
  Entry,
  NestSettings,
  NestState,
  NestSummary,
  Person,
  Preview,
  Reason,
  Seed,
  ServerRole,
  Track,
  TrackSummary
} from '$lib/api/types';
import { blankNest, blankSettings } from '../../mock/blank.js';
import { NOW_MS } from './now';

/** Words that break layouts. */
export const LONG =
  'The Exceedingly Long and Winding Title of a Song That Nobody Ever Manages to Say in One Breath (Remastered, Live at the Old Observatory)';
export const UNBROKEN = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
export const ARABIC = 'أغنية طويلة عن البحر والقمر والليل الذي لا ينتهي أبدا';
export const HEBREW = 'שיר על הים';
export const EMOJI = '🎶 Bird 🐦‍⬛ on a 🌳 (feat. 👩‍👩‍👧‍👦)';

const MINUTE_MS = 60_000;

/** A cover that needs no network. The fragment takes the size that is asked for. */
export const COVER =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"%3E%3Crect width="8" height="8" fill="teal"/%3E%3Ccircle cx="5" cy="3" r="2" fill="gold"/%3E%3C/svg%3E#';
/** A cover that is no picture. */
export const BROKEN_COVER = 'data:image/png;base64,AAAA#';

export const person = (name: string, role: ServerRole = 'member'): Person => ({
  id: `person-${name.toLowerCase()}`,
  name,
  role
});
export const ADA = person('Ada', 'administrator');
export const BEN = person('Ben');
export const GUS = person('Gus', 'guest');

export const by = ({ id, name }: Person): Contributor => ({ kind: 'person', id, name });

export function song(title: string, changes: Partial<TrackSummary> = {}): TrackSummary {
  return {
    id: `track-${title}`,
    title,
    artist: 'The Rooks',
    album: 'Twigs',
    artwork_url: null,
    duration_ms: 214_000,
    stream_url: `/api/v1/tracks/${encodeURIComponent(title)}/stream`,
    ...changes
  };
}

/** A song that another service has; with `match`, the library has it too. */
export const foreign = (title: string, match: string | null = null): TrackSummary =>
  song(title, { source: 'spotify:track:4uLU6hMCjMI75M1A2tKUQC', match });

export function track(title: string, changes: Partial<Track> = {}): Track {
  return {
    ...song(title),
    added_at_ms: NOW_MS - 60 * MINUTE_MS,
    disc_number: null,
    format: 'flac',
    genre: '',
    loudness_lufs: null,
    playable: { state: 'ready' },
    size_bytes: 24_000_000,
    track_number: null,
    year: null,
    ...changes
  };
}

/** What a nest would choose next. */
export const preview = (reason: Reason, seed: Seed | null = null, track = song('Nightjar')): Preview => ({
  track,
  because: { reason, seed }
});
/** Somebody's song that others were chosen after. */
export const seed = (who: Person = BEN, title = 'Feathers'): Seed => ({
  track_id: `track-${title}`,
  title,
  artist: 'The Rooks',
  by: by(who)
});

export function entry(id: number, changes: Partial<Entry> = {}): Entry {
  return {
    id,
    added_at_ms: NOW_MS - 3 * MINUTE_MS,
    added_by: by(BEN),
    score: 0,
    tally: 0,
    track: song(`Song ${id}`),
    votes: { up: [], down: [] },
    jams: [],
    comments: [],
    ...changes
  };
}

/** Songs whose names no layout likes. */
export const awkward = (): Entry[] => [
  entry(2, { track: song(LONG, { artist: LONG }), tally: 12, votes: { up: [ADA.id], down: [] } }),
  entry(3, { track: song(UNBROKEN, { artist: UNBROKEN }), added_by: by(person(UNBROKEN)) }),
  entry(4, { track: song(ARABIC, { artist: HEBREW }), added_by: by(person(ARABIC)) }),
  entry(5, { track: song(EMOJI, { artist: '🎻🪈🥁' }), added_by: by(person('🦉🦉')), tally: -3 }),
  entry(6, { track: song('Untold', { artist: '', album: '' }), added_by: { kind: 'autofill' } }),
  entry(7, { track: song('Torn cover', { artwork_url: BROKEN_COVER }), added_by: by(ADA), tally: 120 })
];

const EVERYTHING: Action[] = [
  'add',
  'vote',
  'jam',
  'comment',
  'horn',
  'pause',
  'skip',
  'seek',
  'volume',
  'remove_others',
  'clear',
  'configure'
];

export const settings = (changes: Partial<NestSettings> = {}): NestSettings =>
  blankSettings({
    member_actions: EVERYTHING.filter((action) => action !== 'configure'),
    guest_actions: ['vote'],
    ...changes
  });

/** A nest that plays something, a minute in. */
export const nest = (changes: Partial<NestState> = {}): NestState =>
  blankNest({
    playing: {
      entry: entry(1, { track: song('Feathers', { artwork_url: COVER }) }),
      playback: { state: 'running', started_at_ms: NOW_MS - MINUTE_MS }
    },
    queue: [entry(2), entry(3), entry(4)],
    autofill: { state: 'ready', preview: preview({ kind: 'same_artist', artist: 'The Rooks' }, seed()) },
    settings: settings(),
    ...changes
  });

/** The nest above with its song paused. */
export const paused = (changes: Partial<NestState> = {}): NestState =>
  nest({
    playing: { entry: entry(1), playback: { state: 'paused', position_ms: 42_000 } },
    ...changes
  });

export function summary(changes: Partial<NestSummary> = {}): NestSummary {
  return {
    code: 'main',
    created_at_ms: NOW_MS - 600 * MINUTE_MS,
    guests_allowed: true,
    listener_count: 3,
    locked: false,
    name: 'Main nest',
    playing: song('Feathers', { artwork_url: COVER }),
    queue_count: 3,
    url: '/nest/main',
    ...changes
  };
}

/** The shape of a song, loud in its middle. */
export const PEAKS = Array.from({ length: 400 }, (_, at) =>
  Math.round(40 + 200 * Math.sin((at / 400) * Math.PI) * Math.abs(Math.sin(at * 1.7)))
);
