import type { Comment, Horn, HornSound, Jam, Member, Person } from '$lib/api/types';
import { NOW_MS } from './now';

const DAY_MS = 86_400_000;

/** A person as administrators see them, with accounts of these addresses. */
export const member = (person: Person, addresses: string[]): Member => ({
  ...person,
  created_at_ms: NOW_MS - 400 * DAY_MS,
  last_seen_at_ms: NOW_MS - 3 * DAY_MS,
  identities: addresses.map((address, at) => ({
    id: `${at}`,
    provider_name: 'Google',
    address,
    created_at_ms: NOW_MS - 400 * DAY_MS,
    last_used_at_ms: NOW_MS - DAY_MS
  }))
});

/** These people jam along, one after the other. */
export const jams = (...people: Person[]): Jam[] =>
  people.map(({ id, name }, at) => ({ by: id, name, at_ms: NOW_MS - (people.length - at) * 1000 }));

/** A comment; later ones have larger numbers. */
export const said = ({ id: by, name }: Person, text: string, id = 1): Comment => ({
  id,
  by,
  name,
  at_ms: NOW_MS - 60_000 + id,
  text
});

/** Two people talk about a song. */
export const talk = (one: Person, other: Person): Comment[] => [
  said(one, 'For everybody who was there.', 1),
  said(other, 'I was!', 2),
  said(one, 'I know, and I shall never forget what you did with the kazoo.', 3)
];

/** Somebody blew a horn so many minutes ago. */
export const horn = (
  { id: by, name }: Person,
  sound: string,
  id: number,
  changes: Partial<Horn> = {}
): Horn => ({
  id,
  by,
  name,
  sound,
  at_ms: NOW_MS - (60 - id) * 60_000,
  entry: 1,
  title: 'Feathers',
  free: false,
  ...changes
});

/** The sounds that a server has. */
export const HORN_SOUNDS: HornSound[] = (
  [
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
  ] as const
).map(([name, label]) => ({ name, label, duration_ms: 1500, url: `/api/v1/horns/${name}.wav` }));
