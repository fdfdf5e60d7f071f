// The mock's doors: locked and unlocked, and who was put out. Nobody's subscription ends.
import { Refusal } from './nest.js';
import { nestOf } from './people.js';

function hosted(world, person, code) {
  const nest = nestOf(world, code);
  if (!person) throw new Refusal('not_signed_in', 401);
  if (person.role !== 'administrator' && nest.state.host !== person.id) throw new Refusal('not_allowed', 403);
  return nest;
}

/** A command of a host, on a nest and a body. */
const command = (name, act) => [
  'POST',
  new RegExp(`^/nests/(\\w+)/${name}$`),
  ({ world, person, match, body }) => {
    const nest = hosted(world, person, match[1]);
    nest.tell(person.id, act(nest, body ?? {}, world));
    return { body: { offset: nest.offset, entry: null } };
  }
];

const locks = (locked) => (nest) => {
  if (nest.state.host === null) throw new Refusal('permanent_nest');
  nest.state.locked = locked;
  return { type: locked ? 'locked' : 'unlocked' };
};

/** Routes as `routes` has them. */
export const door = [
  [
    'GET',
    /^\/nests\/(\w+)\/look$/,
    ({ world, match }) => {
      const { state } = nestOf(world, match[1]);
      if (!state.settings.guests_allowed || state.locked) throw new Refusal('not_found', 404);
      const { listener_count } = world.summary(nestOf(world, match[1]));
      const faces = ['BO', 'CS', 'D', 'EY'].map((initials, at) => ({ initials, hue: at * 90 }));
      const cover_url = state.playing?.entry.track.artwork_url ?? null;
      return {
        body: { name: state.settings.name, listener_count, faces: faces.slice(0, listener_count), cover_url }
      };
    }
  ],
  [
    'GET',
    /^\/nests\/(\w+)\/kicked$/,
    ({ world, person, match }) => ({ body: hosted(world, person, match[1]).kicked })
  ],
  command('lock', locks(true)),
  command('unlock', locks(false)),
  command('kick', (nest, { member }, world) => {
    const name = world.nameOf(member);
    nest.kicked.push({ id: member, name });
    return { type: 'kicked', member, name };
  }),
  command('let-in', (nest, { member }) => {
    nest.kicked = nest.kicked.filter(({ id }) => id !== member);
    return { type: 'let_in', member };
  })
];
