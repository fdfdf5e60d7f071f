// What people do while they listen, and the sounds of horns for development. The real ones are the server's.
import { Refusal } from './nest.js';

const SOUNDS = [
  ['air_horn', 'Air horn'],
  ['triple_horn', 'Three short horns'],
  ['winding_horn', 'Horn that winds down'],
  ['ship_horn', "Ship's horn"],
  ['bugle', 'Bugle call'],
  ['fanfare', 'Fanfare'],
  ['sad_trombone', 'Sad trombone'],
  ['party_blower', 'Party blower'],
  ['kazoo', 'Kazoo'],
  ['caw', 'Rook'],
  ['eagle', 'Eagle'],
  ['cuckoo', 'Cuckoo'],
  ['rooster', 'Rooster'],
  ['duck', 'Duck'],
  ['frog', 'Frog'],
  ['goat', 'Goat'],
  ['count_in', 'Count-in'],
  ['drumroll', 'Drumroll'],
  ['rim_shot', 'Rim shot'],
  ['gong', 'Gong'],
  ['doorbell', 'Doorbell'],
  ['toaster', 'Toaster'],
  ['soda', 'Soda'],
  ['reload', 'Tape reload'],
  ['siren', 'Siren'],
  ['spring', 'Spring'],
  ['wah_guitar', 'Wah guitar']
];
const RATE = 22_050;
const COMMENTS_MAX = 50;
const HORNS_MAX = 50;

/** The list of sounds. */
export const sounds = () =>
  SOUNDS.map(([name, label], index) => ({
    name,
    label,
    duration_ms: 500 + index * 40,
    url: `/api/v1/horns/${name}.wav?v=mock`
  }));

/** A sound: a buzz of its own pitch; undefined if there is none of that name. */
export function hornWav(name) {
  const index = SOUNDS.findIndex(([other]) => other === name);
  if (index < 0) return undefined;
  const count = Math.floor((RATE * (500 + index * 40)) / 1000);
  const buffer = Buffer.alloc(44 + count * 2);
  buffer.write('RIFF', 0);
  buffer.writeUInt32LE(36 + count * 2, 4);
  buffer.write('WAVEfmt ', 8);
  buffer.writeUInt32LE(16, 16);
  buffer.writeUInt16LE(1, 20);
  buffer.writeUInt16LE(1, 22);
  buffer.writeUInt32LE(RATE, 24);
  buffer.writeUInt32LE(RATE * 2, 28);
  buffer.writeUInt16LE(2, 32);
  buffer.writeUInt16LE(16, 34);
  buffer.write('data', 36);
  buffer.writeUInt32LE(count * 2, 40);
  for (let at = 0; at < count; at += 1) {
    const edge = Math.min(1, at / 500, (count - at) / 500);
    const phase = (at / RATE) * 110 * 2 ** (index / 9);
    buffer.writeInt16LE(Math.round(((phase % 1) - 0.5) * edge * 22_000), 44 + at * 2);
  }
  return buffer;
}

const line = (text) => String(text).replace(/\s+/g, ' ').trim();

/** The commands of a nest, each a function of nest, person and body. */
export const reactions = {
  jam(nest, person, { entry: id, on }) {
    const entry = nest.anyEntry(id);
    const had = entry.jams.some(({ by }) => by === person.id);
    if (had === on) return;
    entry.jams = entry.jams.filter(({ by }) => by !== person.id);
    if (on) entry.jams.push({ by: person.id, name: person.name, at_ms: Date.now() });
    nest.tell(person.id, { type: 'jammed', entry: id, member: person.id, name: person.name, on });
    const adder = entry.added_by.id;
    if (!on || !adder || entry.earned || entry.jams.filter(({ by }) => by !== adder).length < 2) return;
    entry.earned = true;
    nest.state.free_horns[adder] = (nest.state.free_horns[adder] ?? 0) + 1;
    nest.tell(person.id, { type: 'free_horn_earned', entry: id, member: adder });
  },

  comment(nest, person, { entry: id, text }) {
    const entry = nest.anyEntry(id);
    if (line(text) === '' || [...line(text)].length > 280) throw new Refusal('invalid_input', 422);
    if (entry.comments.length >= COMMENTS_MAX) throw new Refusal('too_many_comments');
    const { id: by, name } = person;
    const comment = { id: nest.offset + 1, by, name, at_ms: Date.now(), text: line(text) };
    entry.comments.push(comment);
    nest.tell(by, { type: 'commented', entry: id, comment });
  },

  'remove-comment'(nest, person, { entry: id, comment }) {
    const entry = nest.anyEntry(id);
    const found = entry.comments.find((other) => other.id === comment);
    if (!found) throw new Refusal('unknown_comment', 404);
    const hosts = person.role === 'administrator' || nest.state.host === person.id;
    if (found.by !== person.id && !hosts) throw new Refusal('not_allowed', 403);
    entry.comments = entry.comments.filter((other) => other !== found);
    nest.tell(person.id, { type: 'comment_removed', entry: id, comment });
  },

  horn(nest, person, { sound }) {
    if (!SOUNDS.some(([name]) => name === sound)) throw new Refusal('unknown_sound', 422);
    const entry = nest.state.playing?.entry;
    if (!entry) throw new Refusal('nothing_playing');
    const { id: by, name } = person;
    const { title } = entry.track;
    const horn = {
      id: nest.offset + 1,
      by,
      name,
      at_ms: Date.now(),
      sound,
      entry: entry.id,
      title,
      free: false
    };
    nest.state.horns = [...nest.state.horns, horn].slice(-HORNS_MAX);
    nest.tell(by, { type: 'horn_blown', horn });
  },

  volume(nest, person, { percent }) {
    if (percent === nest.state.volume_percent) return;
    nest.state.volume_percent = percent;
    nest.tell(person.id, { type: 'volume_changed', percent });
  }
};
