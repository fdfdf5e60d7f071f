// Everything the mock knows: people, library, nests, and who is told what.
import { reactions } from './horns.js';
import { Library, publicTrack } from './library.js';
import { Nest, Refusal } from './nest.js';

const FRIENDS = [
  { id: 'ben', name: 'Ben Ortiz', role: 'member' },
  { id: 'chloe', name: 'Chloë Sand', role: 'administrator' },
  { id: 'dmitri', name: 'Dmitri', role: 'guest' },
  { id: 'esra', name: 'Esra Yıldız', role: 'member' }
];
const DEMO_STEP_MS = 500;

export class World {
  library = new Library();
  nests = new Map();
  sessions = new Map();
  needsSetup = true;
  /** Everybody who is known, in order of arrival. */
  people = [];
  invitations = [];
  tokens = [];
  socket = null;
  lively = false;

  constructor() {
    this.openNest('main', 'The Kitchen', null);
  }

  openNest(code, name, host) {
    const nest = new Nest(code, name, host, this.library, (from, offset, data) => {
      this.socket?.push(`nest:${from.state.code}`, { pub: { data, offset } });
      this.nestChanged(from);
    });
    this.nests.set(code, nest);
    this.nestChanged(nest);
    return nest;
  }

  nest(code) {
    return this.nests.get(code);
  }

  summary(nest) {
    return nest.summary(
      (this.socket?.listeners(nest.state.code) ?? 0) + this.ghosts(`nest:${nest.state.code}`).length
    );
  }

  publishServer(data) {
    this.socket?.push('server', { pub: { data } });
  }

  nestChanged(nest) {
    this.publishServer({ type: 'nest_changed', nest: this.summary(nest) });
  }

  listenersChanged() {
    for (const nest of this.nests.values()) this.nestChanged(nest);
  }

  /** Pretended listeners, when the world is lively. */
  ghosts(channel) {
    if (!this.lively || channel !== 'nest:main') return [];
    return FRIENDS.map((friend) => [
      friend.id,
      { client: friend.id, user: friend.id, conn_info: { name: friend.name } }
    ]);
  }

  nameOf(id) {
    return [...FRIENDS, ...this.people].find((person) => person.id === id)?.name ?? '';
  }

  personOf(request) {
    const cookie = /rookery=(\w+)/.exec(request.headers.cookie ?? '');
    return (cookie && this.sessions.get(cookie[1])) || null;
  }

  addTrack(track) {
    this.publishServer({ type: 'track_changed', track: publicTrack(track) });
    this.publishServer({ type: 'library_changed', track_count: this.library.tracks.length });
    const main = this.nest('main');
    if (!main.state.playing && this.library.tracks.length > 3) main.startNext();
  }

  loadDemo() {
    this.library.hasDemo = true;
    const next = (index) => {
      const track = this.library.demoSong(index);
      if (!track) return;
      this.addTrack(track);
      setTimeout(() => next(index + 1), DEMO_STEP_MS);
    };
    next(0);
  }

  /** A world with music, people and votes, for looking at. */
  makeLively() {
    this.lively = true;
    this.people.push(...FRIENDS);
    for (let index = 0; this.library.demoSong(index); index += 1);
    this.library.hasDemo = true;
    // Songs from elsewhere: one that the library has too, one that it has not.
    const [, , , alone, , , both] = this.library.tracks;
    Object.assign(alone, { source: 'youtube:dQw4w9WgXcQ', match: null });
    Object.assign(both, { source: 'spotify:track:4uLU6hMCjMI75M1A2tKUQC', match: both.id });
    const main = this.nest('main');
    const add = (friend, track) =>
      main.add(friend === null ? null : FRIENDS[friend], { track_id: this.library.tracks[track].id });
    add(0, 0);
    for (const [friend, track] of [
      [1, 4],
      [2, 3],
      [0, 6],
      [3, 8],
      [null, 10],
      [1, 12]
    ])
      add(friend, track);
    for (const [friend, entry, direction] of [
      [0, 2, 'up'],
      [2, 2, 'up'],
      [3, 3, 'up'],
      [0, 5, 'down']
    ]) {
      main.vote(FRIENDS[friend], { entry, direction });
    }
    for (const friend of FRIENDS) reactions.jam(main, friend, { entry: 1, on: true });
    for (const friend of FRIENDS.slice(1, 3)) reactions.jam(main, friend, { entry: 3, on: true });
    for (const [friend, entry, text] of [
      [0, 1, 'For everybody who was up before the birds.'],
      [1, 1, 'That is me, then.'],
      [1, 2, 'Wait for the bridge'],
      [2, 2, '<b>what</b> a bridge']
    ])
      reactions.comment(main, FRIENDS[friend], { entry, text });
    reactions.horn(main, FRIENDS[2], { sound: 'goat' });
    reactions.horn(main, FRIENDS[3], { sound: 'sad_trombone' });
    this.openNest('QUAKE', 'Late shift', 'ben').state.settings.autofill = false;
    this.openNest('HAZ3K', 'Sunday vinyl, slowly', 'chloe');
    this.nest('HAZ3K').add(FRIENDS[1], { track_id: this.library.tracks[8].id });
  }

  /** Checks that a person may do something; the host and administrators may always. */
  allow(person, nest, action) {
    if (!person) throw new Refusal('not_signed_in', 401);
    const { host, settings } = nest.state;
    if (person.role === 'administrator' || host === person.id || action === null) return;
    const allowed = person.role === 'guest' ? settings.guest_actions : settings.member_actions;
    if (!allowed.includes(action)) throw new Refusal('not_allowed', 403);
  }
}
