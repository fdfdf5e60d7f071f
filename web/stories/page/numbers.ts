import type {
  CallOutcome,
  JamStats,
  PersonStats,
  ProviderStats,
  SignInStats,
  SongStats,
  Stats
} from '$lib/api/types';
import { ADA, ARABIC, BEN, EMOJI, GUS, LONG, UNBROKEN, person } from './fixtures';
import { NOW_MS } from './now';

const DAY_MS = 86_400_000;
const MIDNIGHT_MS = Date.UTC(2026, 4, 17);

/** A number that looks drawn by chance, and is the same every time. */
const odd = (at: number): number => Math.round(40 * Math.abs(Math.sin(at * 12.9898)));

const people: PersonStats[] = [ADA, BEN, person(LONG), person(ARABIC), person('🦉🦉'), GUS].map(
  ({ id, name }, at) => ({ id, name, plays: Math.round(140 / (at + 1)) })
);
const songs: SongStats[] = ['Feathers', LONG, ARABIC, EMOJI, UNBROKEN].map((title, at) => ({
  track_id: title,
  title,
  artist: at === 3 ? '' : 'The Rooks',
  plays: 9 - 2 * at,
  tally: 12 - 4 * at,
  source: at === 1 ? 'spotify:track:4uLU6hMCjMI75M1A2tKUQC' : null
}));

const crowd = [ADA, BEN, person(LONG), person(ARABIC), person('🦉🦉'), GUS];
/** Each jams to the songs of some others. */
const jams: JamStats[] = crowd
  .flatMap((by, row) => crowd.map((of, column) => ({ by, of, jams: Math.max(0, 9 - 2 * row - column) })))
  .filter(({ by, of, jams }) => by !== of && jams > 0)
  .map(({ by, of, jams }) => ({
    by: { id: by.id, name: by.name },
    of: { id: of.id, name: of.name },
    jams
  }));

/** What was played in so many days. */
export const numbers = (days: number, changes: Partial<Stats> = {}): Stats => ({
  from_ms: MIDNIGHT_MS - (days - 1) * DAY_MS,
  to_ms: NOW_MS,
  days: Array.from({ length: days }, (_, at) => ({
    date: new Date(MIDNIGHT_MS - (days - 1 - at) * DAY_MS).toISOString().slice(0, 10),
    plays: odd(at)
  })).filter(({ plays }) => plays > 5),
  hours: Array.from({ length: 24 }, (_, hour) => (hour < 8 ? 0 : odd(hour) * 4)),
  people,
  songs,
  jams,
  ...changes
});

/** A time in which nothing was played. */
export const silence = (): Stats =>
  numbers(30, { days: [], hours: Array<number>(24).fill(0), people: [], songs: [], jams: [] });

const time = { from_ms: MIDNIGHT_MS - 29 * DAY_MS, to_ms: NOW_MS };
const call = (provider: string, outcome: CallOutcome, calls: number) => ({
  date: '2026-05-16',
  provider,
  outcome,
  calls
});

/** What services were asked. */
export const calls = (none = false): ProviderStats => ({
  ...time,
  calls: none
    ? []
    : [
        call('spotify', 'answered', 4210),
        call('spotify', 'limited', 90),
        call('youtube', 'answered', 120),
        call('youtube', 'refused', 40),
        call('youtube', 'failed', 61),
        call('sign_in', 'answered', 14)
      ]
});

/** Who signed in, and who could not. */
export const signIns = (none = false): SignInStats => ({
  ...time,
  sign_ins: none
    ? []
    : [
        { date: '2026-05-16', service: 'google', outcome: 'succeeded', sign_ins: 31 },
        { date: '2026-05-16', service: 'google', outcome: 'refused', sign_ins: 2 },
        { date: '2026-05-17', service: 'a-service-with-a-long-name', outcome: 'failed', sign_ins: 7 }
      ]
});
