// The mock's numbers: made up, and the same for everybody who asks on the same day.
import { Refusal } from './nest.js';
import { nestOf, signedIn } from './people.js';

const DAY_MS = 86_400_000;
const odd = (at) => Math.round(20 * Math.abs(Math.sin(at * 12.9898)));
const dateOf = (ms) => new Date(ms).toISOString().slice(0, 10);

/** Routes as `routes` has them. */
export const stats = [
  [
    'GET',
    /^\/stats$/,
    ({ world, person, params }) => {
      signedIn(person);
      if (person.role === 'guest') throw new Refusal('not_allowed', 403);
      const nest = params.get('nest');
      if (nest !== null) nestOf(world, nest);
      const [from_ms, to_ms] = ['from_ms', 'to_ms'].map((name) => Number(params.get(name)));
      if (!(from_ms < to_ms) || to_ms - from_ms > 366 * DAY_MS) throw new Refusal('invalid_input', 422);
      const quiet = nest !== null && nest !== 'main';
      const days = [];
      for (let at = from_ms; at < to_ms && !quiet; at += DAY_MS)
        days.push({ date: dateOf(at), plays: odd(Math.floor(at / DAY_MS)) });
      const body = {
        from_ms,
        to_ms,
        days: days.filter(({ plays }) => plays > 2),
        hours: Array.from({ length: 24 }, (_, hour) => (quiet || hour < 8 ? 0 : odd(hour) * 3)),
        people: quiet
          ? []
          : world.people.map(({ id, name }, at) => ({ id, name, plays: Math.round(90 / (at + 1)) })),
        jams: quiet
          ? []
          : world.people.slice(1).map(({ id, name }, at) => ({
              by: { id, name },
              of: { id: world.people[at].id, name: world.people[at].name },
              jams: 9 - at
            })),
        songs: quiet
          ? []
          : world.library.tracks.slice(0, 10).map(({ id, title, artist, source }, at) => ({
              track_id: id,
              title,
              artist,
              source,
              plays: 12 - at,
              tally: 14 - 2 * at
            }))
      };
      return { body };
    }
  ],
  [
    'GET',
    /^\/stats\/providers$/,
    ({ person, params }) => {
      signedIn(person);
      const date = dateOf(Date.now());
      const call = (provider, outcome, calls) => ({ date, provider, outcome, calls });
      return {
        body: {
          from_ms: Number(params.get('from_ms')),
          to_ms: Number(params.get('to_ms')),
          calls: [
            call('spotify', 'answered', 420),
            call('spotify', 'limited', 9),
            call('youtube', 'failed', 3)
          ]
        }
      };
    }
  ],
  [
    'GET',
    /^\/stats\/sign-ins$/,
    ({ person, params }) => {
      signedIn(person);
      if (person.role !== 'administrator') throw new Refusal('not_allowed', 403);
      const sign_ins = [{ date: dateOf(Date.now()), service: 'google', outcome: 'succeeded', sign_ins: 12 }];
      return {
        body: { from_ms: Number(params.get('from_ms')), to_ms: Number(params.get('to_ms')), sign_ins }
      };
    }
  ],
  [
    'GET',
    /^\/nests\/(\w+)\/plays\.csv$/,
    ({ world, person, match }) => {
      signedIn(person);
      const rows = nestOf(world, match[1]).plays.map(({ track, started_at_ms }) =>
        [new Date(started_at_ms).toISOString(), track.title, track.artist]
          .map((cell) => `"${cell.replaceAll('"', '""')}"`)
          .join(',')
      );
      return { bytes: Buffer.from(['started_at,title,artist', ...rows, ''].join('\r\n')), type: 'text/csv' };
    }
  ]
];
