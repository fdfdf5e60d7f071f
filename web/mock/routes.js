// The mock's answers under /api/v1, one function a route. `world` is the state; a refusal is thrown.
import { randomBytes } from 'node:crypto';
import { autofill, kept } from './autofill.js';
import { door } from './door.js';
import { hornWav, reactions, sounds } from './horns.js';
import { publicTrack } from './library.js';
import { Refusal } from './nest.js';
import { nestOf, people, signedIn } from './people.js';
import { cover, peaks, wav } from './sound.js';
import { sources } from './sources.js';
import { stats } from './stats.js';
import { webhooks } from './webhooks.js';

const COMMANDS = {
  add: ['add', 'add'],
  remove: ['remove', null],
  restore: ['restore', null],
  clear: ['clear', 'clear'],
  vote: ['vote', 'vote'],
  pause: ['pause', 'pause'],
  resume: ['resume', 'pause'],
  skip: ['skip', 'skip'],
  seek: ['seek', 'seek'],
  configure: ['configure', 'configure'],
  'hand-over': ['handOver', null]
};
const streams = new Map();

/** The plays that a filter lets through, as the server's. */
function played(plays, params) {
  const [text, by, source, chosen, from, to] = ['text', 'by', 'source', 'chosen_by', 'from_ms', 'to_ms'].map(
    (name) => params.get(name)
  );
  return plays.filter(
    ({ track, added_by, started_at_ms: at }) =>
      (!text || `${track.title} ${track.artist} ${track.album}`.toLowerCase().includes(text.toLowerCase())) &&
      (!by || added_by.id === by) &&
      (!source || (track.source?.split(':')[0] ?? 'library') === source) &&
      (!chosen || (added_by.kind === 'autofill') === (chosen === 'autofill')) &&
      (!from || at >= Number(from)) &&
      (!to || at < Number(to))
  );
}

/** Each: method, pattern, function of `{ world, person, body, params, match, raw }` to a body, or `{ status, body, … }`. */
export const routes = [
  ...people,
  ...webhooks,
  ...sources,
  ...stats,
  ...door,
  [
    'GET',
    /^\/server$/,
    ({ world }) => ({
      body: {
        name: 'Willow Street',
        version: '0.1.0-mock',
        protocol: 1,
        needs_setup: world.needsSetup,
        track_count: world.library.tracks.length,
        has_demo: world.library.hasDemo,
        sign_in: [],
        upload_bytes_max: 200_000_000
      }
    })
  ],
  ['GET', /^\/horns$/, () => ({ body: sounds() })],
  [
    'GET',
    /^\/horns\/(\w+)\.wav$/,
    ({ match }) => {
      const bytes = hornWav(match[1]);
      if (!bytes) throw new Refusal('not_found', 404);
      return { bytes, type: 'audio/wav' };
    }
  ],
  [
    'GET',
    /^\/tracks$/,
    ({ world, person, params }) => {
      signedIn(person);
      return { body: world.library.page(params) };
    }
  ],
  [
    'DELETE',
    /^\/tracks\/(\w+)$/,
    ({ world, match }) => {
      world.library.tracks = world.library.tracks.filter(({ id }) => id !== match[1]);
      world.publishServer({ type: 'track_deleted', id: match[1] });
      world.publishServer({ type: 'library_changed', track_count: world.library.tracks.length });
      return { status: 204 };
    }
  ],
  [
    'GET',
    /^\/tracks\/(\w+)\/waveform$/,
    ({ world, match }) => ({ body: { peaks: peaks(world.library.track(match[1]).seed) } })
  ],
  [
    'GET',
    /^\/tracks\/(\w+)\/stream$/,
    ({ world, match }) => {
      const { seed, duration_ms } = world.library.track(match[1]);
      if (!streams.has(seed)) streams.set(seed, wav(seed, duration_ms));
      return { bytes: streams.get(seed), type: 'audio/wav' };
    }
  ],
  [
    'GET',
    /^\/artwork\/(\d+)$/,
    ({ match }) => ({ bytes: Buffer.from(cover(Number(match[1]))), type: 'image/svg+xml' })
  ],
  [
    'POST',
    /^\/uploads$/,
    ({ world, person, params, raw }) => {
      signedIn(person);
      const name = params.get('name');
      if (!/\.(mp3|flac|ogg|opus|m4a|wav|aiff?)$/i.test(name)) throw new Refusal('unsupported_format', 415);
      if (raw.length < 100) throw new Refusal('damaged_file', 422);
      const track = world.library.make(name.replace(/\.\w+$/, ''), '', '', 30, false);
      track.added_at_ms = Date.now();
      track.playable = { state: 'pending' };
      world.addTrack(track);
      setTimeout(() => {
        track.playable = { state: 'ready' };
        world.addTrack(track);
      }, 3000);
      return { status: 201, body: { track: publicTrack(track), duplicate: false } };
    }
  ],
  [
    'POST',
    /^\/demo$/,
    ({ world }) => {
      world.loadDemo();
      return { status: 202 };
    }
  ],
  [
    'GET',
    /^\/nests$/,
    ({ world, person }) => {
      signedIn(person);
      return { body: [...world.nests.values()].map((nest) => world.summary(nest)) };
    }
  ],
  [
    'POST',
    /^\/nests$/,
    ({ world, person, body }) => {
      signedIn(person);
      const code = [...randomBytes(5)].map((byte) => 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'[byte % 31]).join('');
      return { status: 201, body: world.openNest(code, body.name ?? 'Velvet Wagtail', person.id).snapshot() };
    }
  ],
  [
    'GET',
    /^\/nests\/(\w+)$/,
    ({ world, person, match }) => {
      signedIn(person);
      return { body: nestOf(world, match[1]).snapshot() };
    }
  ],
  [
    'DELETE',
    /^\/nests\/(\w+)$/,
    ({ world, person, match }) => {
      nestOf(world, match[1]).close(person);
      world.nests.delete(match[1]);
      world.publishServer({ type: 'nest_closed', code: match[1] });
      return { status: 204 };
    }
  ],
  [
    'GET',
    /^\/nests\/(\w+)\/plays$/,
    ({ world, match, params }) => ({
      body: { plays: played(nestOf(world, match[1]).plays, params), next_cursor: null }
    })
  ],
  [
    'GET',
    /^\/plays$/,
    ({ world, person, params }) => {
      signedIn(person);
      if (person.role === 'guest') throw new Refusal('not_allowed', 403);
      const plays = [...world.nests.values()].flatMap(({ plays, state }) =>
        plays.map((play) => ({ ...play, nest: { name: state.settings.name, code: state.code } }))
      );
      plays.sort((a, b) => b.started_at_ms - a.started_at_ms);
      return { body: { plays: played(plays, params), next_cursor: null } };
    }
  ],
  [
    'GET',
    /^\/nests\/(\w+)\/filtered$/,
    ({ world, person, match }) => {
      signedIn(person);
      return { body: kept(nestOf(world, match[1])) };
    }
  ],
  [
    'POST',
    /^\/nests\/(\w+)\/(queue-preview|filter-preview|unfilter)$/,
    ({ world, person, match, body }) => {
      const nest = nestOf(world, match[1]);
      world.allow(person, nest, match[2] === 'queue-preview' ? 'add' : 'skip');
      const entry = autofill[match[2].replace('-preview', '')](nest, person, body ?? {});
      return { body: { offset: nest.offset, entry } };
    }
  ],
  [
    'POST',
    /^\/nests\/(\w+)\/([\w-]+)$/,
    ({ world, person, match, body }) => {
      const nest = nestOf(world, match[1]);
      if (match[2] in reactions) {
        world.allow(person, nest, match[2] === 'remove-comment' ? null : match[2]);
        reactions[match[2]](nest, person, body ?? {});
        return { body: { offset: nest.offset, entry: null } };
      }
      const command = COMMANDS[match[2]];
      if (!command) throw new Refusal('not_found', 404);
      world.allow(person, nest, command[1]);
      const entry = nest[command[0]](person, body ?? {});
      return { body: { offset: nest.offset, entry: entry ?? null } };
    }
  ]
];
