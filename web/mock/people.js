// The mock's answers about people: who is signed in, how they came, who they are. See `routes.js`.
import { randomBytes } from 'node:crypto';
import { Refusal } from './nest.js';
import { face } from './sound.js';

const AUDIT = [
  ['nest_closed', null, ''],
  ['signed_in', 'Chloë Sand', '203.0.113.0/24'],
  ['sign_in_failed', null, '198.51.100.0/24'],
  ['role_changed', 'Chloë Sand', '203.0.113.0/24'],
  ['nest_opened', null, '']
].map(([action, by_name, network], index) => ({
  id: `${99 - index}`,
  at_ms: Date.now() - index * 3e7,
  action,
  by: by_name && 'chloe',
  by_name,
  subject: '',
  detail: action === 'sign_in_failed' ? 'Google: not_on_the_list' : '',
  network
}));

function signIn(world, name, role) {
  const person = { id: `u${randomBytes(4).toString('hex')}`, name, role };
  const secret = randomBytes(8).toString('hex');
  world.sessions.set(secret, person);
  world.people.push(person);
  return { body: { person, device_id: 'd1' }, cookie: `rookery=${secret}; Path=/; HttpOnly; SameSite=Lax` };
}

export const signedIn = (person) => {
  if (!person) throw new Refusal('not_signed_in', 401);
};
export const nestOf = (world, code) => {
  const nest = world.nest(code);
  if (!nest) throw new Refusal('not_found', 404);
  return nest;
};
const link = (kind) => `http://127.0.0.1:21701/${kind}#${randomBytes(12).toString('base64url')}`;

const administrator = (person) => {
  signedIn(person);
  if (person.role !== 'administrator') throw new Refusal('not_allowed', 403);
};
const member = ({ id, name, role }, index) => ({
  id,
  name,
  role,
  created_at_ms: Date.now() - (30 - index) * 86_400_000,
  last_seen_at_ms: Date.now() - index * 9e6,
  identities:
    index % 2 === 0
      ? []
      : [
          {
            id: `a${index}`,
            provider_name: 'Google',
            address: `${id}@example.org`,
            created_at_ms: Date.now() - 8e8,
            last_used_at_ms: Date.now() - 8e7
          }
        ]
});

/** Routes as `routes` has them. */
export const people = [
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
  [
    'POST',
    /^\/invitations\/redeem$/,
    ({ world, body }) =>
      signIn(world, body.name ?? 'Ana', body.token === 'administrator' ? 'administrator' : 'member')
  ],
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
    /^\/members$/,
    ({ world, person }) => {
      administrator(person);
      return { body: { members: world.people.map(member), next_cursor: null } };
    }
  ],
  [
    'PATCH',
    /^\/members\/(\w+)$/,
    ({ world, person, match, body }) => {
      administrator(person);
      const found = world.people.find(({ id }) => id === match[1]);
      if (!found) throw new Refusal('not_found', 404);
      found.role = body.role;
      return { status: 204 };
    }
  ],
  [
    'DELETE',
    /^\/members\/(\w+)$/,
    ({ world, person, match }) => {
      administrator(person);
      if (match[1] === person.id) throw new Refusal('not_allowed', 403);
      if (!world.people.some(({ id }) => id === match[1])) throw new Refusal('not_found', 404);
      world.people = world.people.filter(({ id }) => id !== match[1]);
      for (const [secret, { id }] of world.sessions) if (id === match[1]) world.sessions.delete(secret);
      return { status: 204 };
    }
  ],
  [
    'GET',
    /^\/members\/(\w+)\/avatar$/,
    ({ world, match }) => {
      const found = world.people.find(({ id }) => id === match[1]);
      if (!found) throw new Refusal('not_found', 404);
      return { bytes: Buffer.from(face(found.id, found.name)), type: 'image/svg+xml' };
    }
  ],
  ['GET', /^\/session\/identities$/, () => ({ body: [] })],
  [
    'GET',
    /^\/audit$/,
    ({ person }) => {
      administrator(person);
      return { body: { entries: AUDIT, actions: [...new Set(AUDIT.map(({ action }) => action))] } };
    }
  ]
];
