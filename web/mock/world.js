// Everything the mock knows: people, library, nests, and who is told what.
import { Library, publicTrack } from './library.js';
import { Nest, Refusal } from './nest.js';

const FRIENDS = [
  { id: 'ben', name: 'Ben Ortiz' },
  { id: 'chloe', name: 'Chloë Sand' },
  { id: 'dmitri', name: 'Dmitri' },
  { id: 'esra', name: 'Esra Yıldız' }
];
const DEMO_STEP_MS = 500;

export class World {
  library = new Library();
  nests = new Map();
  sessions = new Map();
  needsSetup = true;
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
    for (let index = 0; this.library.demoSong(index); index += 1);
    this.library.hasDemo = true;
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
    this.openNest('QUAKE', 'Late shift', 'ben').state.settings.autofill = false;
    this.openNest('HAZ3L', 'Sunday vinyl, slowly', 'chloe');
    this.nest('HAZ3L').add(FRIENDS[1], { track_id: this.library.tracks[8].id });
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
