// The mock's answers under /api/v1, one function a route. `world` is the state; a refusal is thrown.
import { randomBytes } from 'node:crypto';
import { publicTrack } from './library.js';
import { Refusal } from './nest.js';
import { cover, peaks, wav } from './sound.js';

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
const sounds = new Map();

function signIn(world, name, role) {
  const person = { id: `u${randomBytes(4).toString('hex')}`, name, role };
  const secret = randomBytes(8).toString('hex');
  world.sessions.set(secret, person);
  return { body: { person, device_id: 'd1' }, cookie: `rookery=${secret}; Path=/; HttpOnly; SameSite=Lax` };
}

const signedIn = (person) => {
  if (!person) throw new Refusal('not_signed_in', 401);
};
const nestOf = (world, code) => {
  const nest = world.nest(code);
  if (!nest) throw new Refusal('not_found', 404);
  return nest;
};
const link = (kind) => `http://127.0.0.1:21701/${kind}#${randomBytes(12).toString('base64url')}`;

/** Each: method, pattern, function of `{ world, person, body, params, match, raw }` to a body, or `{ status, body, … }`. */
export const routes = [
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
  [
    'POST',
    /^\/setup$/,
    ({ world, body }) => {
      if (!world.needsSetup) throw new Refusal('link_not_valid', 403);
      world.needsSetup = false;
      return signIn(world, body.name, 'administrator');
    }
  ],
  ['GET', /^\/session$/, ({ person }) => ({ body: { person, device_id: person ? 'd1' : null } })],
  [
    'PATCH',
    /^\/session$/,
    ({ person, body }) => {
      signedIn(person);
      person.name = body.name;
      return { body: { person, device_id: 'd1' } };
    }
  ],
  ['DELETE', /^\/session$/, () => ({ status: 204, cookie: 'rookery=; Path=/; Max-Age=0' })],
  [
    'GET',
    /^\/session\/devices$/,
    () => ({
      body: [
        {
          id: 'd1',
          label: 'Chromium on Linux',
          created_at_ms: Date.now() - 9e7,
          last_seen_at_ms: Date.now(),
          current: true
        },
        {
          id: 'd2',
          label: 'Safari on iPhone',
          created_at_ms: Date.now() - 9e8,
          last_seen_at_ms: Date.now() - 7.4e6,
          current: false
        }
      ]
    })
  ],
  ['DELETE', /^\/session\/devices\/(\w+)$/, () => ({ status: 204 })],
  [
    'POST',
    /^\/session\/links$/,
    () => ({ body: { url: link('join'), expires_at_ms: Date.now() + 600_000 } })
  ],
  [
    'POST',
    /^\/guests$/,
    ({ world, body }) => {
      if (!nestOf(world, body.nest).state.settings.guests_allowed)
        throw new Refusal('guests_not_allowed', 403);
      return signIn(world, body.name, 'guest');
    }
  ],
  ['GET', /^\/invitations$/, ({ world }) => ({ body: world.invitations })],
  [
    'POST',
    /^\/invitations$/,
    ({ world, body }) => {
      const now = Date.now();
      const invitation = {
        id: `i${now}`,
        role: body.role,
        uses_left: body.uses_max,
        expires_at_ms: now + body.expires_in_s * 1000,
        created_at_ms: now
      };
      world.invitations.push(invitation);
      return { status: 201, body: { invitation, url: link('join') } };
    }
  ],
  [
    'DELETE',
    /^\/invitations\/(\w+)$/,
    ({ world, match }) => {
      world.invitations = world.invitations.filter(({ id }) => id !== match[1]);
      return { status: 204 };
    }
  ],
  [
    'POST',
    /^\/invitations\/preview$/,
    ({ body }) => {
      if (body.token === '' || body.token === 'bad') throw new Refusal('link_not_valid', 404);
      const signs_in_as = body.token === 'device' ? 'Ana' : null;
      return { body: { server_name: 'Willow Street', invited_by: 'Ana', role: 'member', signs_in_as } };
    }
  ],
  ['POST', /^\/invitations\/redeem$/, ({ world, body }) => signIn(world, body.name ?? 'Ana', 'member')],
  ['GET', /^\/tokens$/, ({ world }) => ({ body: world.tokens })],
  [
    'POST',
    /^\/tokens$/,
    ({ world, body }) => {
      const token = {
        id: `k${Date.now()}`,
        ...body,
        created_at_ms: Date.now(),
        last_used_at_ms: null,
        expires_at_ms: null
      };
      world.tokens.push(token);
      return { status: 201, body: { token, secret: `rk_${randomBytes(18).toString('base64url')}` } };
    }
  ],
  [
    'DELETE',
    /^\/tokens\/(\w+)$/,
    ({ world, match }) => {
      world.tokens = world.tokens.filter(({ id }) => id !== match[1]);
      return { status: 204 };
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
      if (!sounds.has(seed)) sounds.set(seed, wav(seed, duration_ms));
      return { bytes: sounds.get(seed), type: 'audio/wav' };
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
      return { status: 201, body: world.openNest(code, body.name, person.id).snapshot() };
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
    ({ world, match }) => ({ body: { plays: nestOf(world, match[1]).plays, next_cursor: null } })
  ],
  [
    'POST',
    /^\/nests\/(\w+)\/([\w-]+)$/,
    ({ world, person, match, body }) => {
      const nest = nestOf(world, match[1]);
      const command = COMMANDS[match[2]];
      if (!command) throw new Refusal('not_found', 404);
      world.allow(person, nest, command[1]);
      const entry = nest[command[0]](person, body ?? {});
      return { body: { offset: nest.offset, entry: entry ?? null } };
    }
  ]
];
