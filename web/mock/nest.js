// A nest for development: enough of the rules to see the interface live. The real ones are the server's.
import { choosePreview } from './autofill.js';
import { blankNest, blankSettings } from './blank.js';
import { summary } from './library.js';

export class Refusal extends Error {
  constructor(code, status = 409) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

export class Nest {
  offset = 0;
  log = [];
  plays = [];
  removed = new Map();
  cleared = [];
  kicked = [];
  /** Who filtered what, and when, by the id of the track. */
  filtered = new Map();
  nextEntry = 1;
  timer = null;

  constructor(code, name, host, library, publish) {
    this.library = library;
    this.publish = publish;
    this.created = Date.now();
    this.epoch = `e${this.created}`;
    this.state = blankNest({ code, host, settings: blankSettings({ name, queue_entries_max: 100 }) });
  }

  snapshot() {
    return { epoch: this.epoch, offset: this.offset, server_time_ms: Date.now(), state: this.state };
  }

  summary(listeners) {
    const { code, settings, queue, playing } = this.state;
    return {
      code,
      name: settings.name,
      url: `/nest/${code}`,
      listener_count: listeners,
      queue_count: queue.length,
      playing: playing?.entry.track ?? null,
      guests_allowed: settings.guests_allowed,
      locked: this.state.locked,
      created_at_ms: this.created
    };
  }

  tell(by, event) {
    this.offset += 1;
    const publication = { at_ms: Date.now(), by, event };
    this.log.push({ offset: this.offset, data: publication });
    this.publish(this, this.offset, publication);
  }

  sort() {
    this.state.queue.sort((a, b) => a.score - b.score || a.id - b.id);
  }

  entry(id) {
    const entry = this.state.queue.find((queued) => queued.id === id);
    if (!entry) throw new Refusal('unknown_entry');
    return entry;
  }

  /** An entry that waits or plays. */
  anyEntry(id) {
    const { playing } = this.state;
    return playing?.entry.id === id ? playing.entry : this.entry(id);
  }

  add(person, { track_id }, because = null) {
    const track = this.library.track(track_id);
    if (!track || track.playable.state !== 'ready') throw new Refusal('track_not_playable');
    if (this.state.queue.length >= this.state.settings.queue_entries_max) throw new Refusal('queue_full');
    const id = this.nextEntry++;
    const added_by = person ? { kind: 'person', id: person.id, name: person.name } : { kind: 'autofill' };
    const entry = {
      id,
      track: summary(track),
      added_by,
      because,
      added_at_ms: Date.now(),
      score: id,
      tally: 0,
      votes: { up: [], down: [] },
      jams: [],
      comments: []
    };
    this.state.queue.push(entry);
    this.sort();
    this.tell(person?.id ?? null, { type: 'entry_added', entry: structuredClone(entry), rescored: [] });
    if (!this.state.playing) this.startNext();
    return id;
  }

  remove(person, { entry: id }) {
    const entry = this.entry(id);
    this.state.queue = this.state.queue.filter((queued) => queued !== entry);
    this.removed.set(id, entry);
    this.tell(person.id, { type: 'entry_removed', entry: id });
  }

  restore(person, { entry: id }) {
    const entries = id === undefined ? this.cleared : [this.removed.get(id)].filter(Boolean);
    if (entries.length === 0) throw new Refusal('unknown_entry');
    for (const entry of entries) {
      this.state.queue.push(entry);
      this.sort();
      this.tell(person.id, { type: 'entry_restored', entry: structuredClone(entry) });
    }
    this.cleared = [];
  }

  clear(person) {
    this.cleared = this.state.queue;
    this.state.queue = [];
    this.tell(person.id, { type: 'queue_cleared' });
  }

  vote(person, { entry: id, direction }) {
    const entry = this.entry(id);
    if (direction === 'up' && entry.added_by.id === person.id) throw new Refusal('own_entry');
    const { votes } = entry;
    for (const way of ['up', 'down']) votes[way] = votes[way].filter((voter) => voter !== person.id);
    if (direction !== 'none') votes[direction].push(person.id);
    entry.tally = votes.up.length - votes.down.length;
    entry.score = entry.id - 2.5 * entry.tally;
    this.sort();
    const rescored = [{ entry: id, score: entry.score }];
    this.tell(person.id, {
      type: 'vote_cast',
      entry: id,
      voter: person.id,
      direction,
      tally: entry.tally,
      rescored
    });
  }

  setPlayback(by, change, playback) {
    if (!this.state.playing) throw new Refusal('nothing_playing');
    this.state.playing.playback = playback;
    this.tell(by, { type: 'playback_changed', change, playback });
    this.arm();
  }

  position() {
    if (!this.state.playing) throw new Refusal('nothing_playing');
    const { playback } = this.state.playing;
    return playback.state === 'running' ? Date.now() - playback.started_at_ms : playback.position_ms;
  }

  pause(person) {
    this.setPlayback(person.id, 'paused', { state: 'paused', position_ms: this.position() });
  }

  resume(person) {
    this.setPlayback(person.id, 'resumed', {
      state: 'running',
      started_at_ms: Date.now() + 400 - this.position()
    });
  }

  seek(person, { position_ms }) {
    const paused = this.state.playing?.playback.state === 'paused';
    this.setPlayback(
      person.id,
      'seeked',
      paused
        ? { state: 'paused', position_ms }
        : { state: 'running', started_at_ms: Date.now() + 400 - position_ms }
    );
  }

  skip(person, { entry }) {
    if (entry !== undefined && this.state.playing?.entry.id !== entry) throw new Refusal('not_playing');
    this.end(person.id, 'skipped', Date.now() + 400);
  }

  configure(person, body) {
    Object.assign(this.state.settings, body);
    // The mock keeps its one order: nothing gets another score.
    const settings = structuredClone(this.state.settings);
    this.tell(person.id, { type: 'settings_changed', settings, rescored: [] });
  }

  handOver(person, { member }) {
    this.state.host = member;
    this.tell(person.id, { type: 'host_changed', host: member });
  }

  close(person) {
    this.state.closed = true;
    clearTimeout(this.timer);
    this.tell(person.id, { type: 'closed' });
  }

  end(by, outcome, nextAt) {
    const { playing } = this.state;
    if (!playing) throw new Refusal('nothing_playing');
    this.state.playing = null;
    this.plays[0].outcome = outcome;
    this.tell(by, { type: 'playback_ended', entry: playing.entry.id, outcome });
    this.startNext(nextAt);
  }

  startNext(at = Date.now() + 400) {
    if (this.state.queue.length === 0 && this.state.settings.autofill && this.library.tracks.length > 3) {
      const { tracks } = this.library;
      const { preview } = this.state.autofill;
      const track_id = preview?.track.id ?? tracks[Math.floor(Math.random() * tracks.length)].id;
      return void this.add(null, { track_id }, preview?.because ?? null);
    }
    const entry = this.state.queue.shift();
    if (!entry) return;
    this.state.playing = { entry, playback: { state: 'running', started_at_ms: at } };
    this.plays.unshift({
      jams: entry.jams,
      comments: entry.comments,
      id: `p${entry.id}`,
      track: entry.track,
      added_by: entry.added_by,
      started_at_ms: at,
      outcome: null,
      jams: [],
      comments: []
    });
    this.tell(null, { type: 'playback_started', entry: entry.id, started_at_ms: at });
    choosePreview(this);
    this.arm();
  }

  arm() {
    clearTimeout(this.timer);
    const { playing } = this.state;
    if (playing?.playback.state !== 'running') return;
    const over = playing.playback.started_at_ms + playing.entry.track.duration_ms;
    this.timer = setTimeout(() => this.end(null, 'finished', over), over - Date.now());
  }
}
