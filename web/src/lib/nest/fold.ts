import type {
  Entry,
  Horn,
  Jam,
  NestPublication,
  NestState,
  Standing,
  VoteDirection,
  Votes
} from '$lib/api/types';

/** How many horns a state keeps; older ones are forgotten first. */
const HORNS_MAX = 50;

/** The order of a queue: by score, then by id, ascending. */
function ordered(queue: Entry[]): Entry[] {
  return [...queue].sort((a, b) => a.score - b.score || a.id - b.id);
}

function rescored(queue: Entry[], standings: Standing[]): Entry[] {
  if (standings.length === 0) return queue;
  const scores = new Map(standings.map((standing) => [standing.entry, standing.score]));
  return queue.map((entry) => ({ ...entry, score: scores.get(entry.id) ?? entry.score }));
}

function voted(votes: Votes, voter: string, direction: VoteDirection): Votes {
  const up = votes.up.filter((id) => id !== voter);
  const down = votes.down.filter((id) => id !== voter);
  if (direction === 'up') up.push(voter);
  if (direction === 'down') down.push(voter);
  return { up, down };
}

function withEntry(state: NestState, entry: Entry, standings: Standing[]): NestState {
  const others = state.queue.filter((other) => other.id !== entry.id);
  return { ...state, queue: ordered(rescored([...others, entry], standings)) };
}

/** The state with an entry changed, whether it is queued or plays. */
function withChanged(state: NestState, id: number, change: (entry: Entry) => Entry): NestState {
  const { playing } = state;
  if (playing?.entry.id === id) return { ...state, playing: { ...playing, entry: change(playing.entry) } };
  return { ...state, queue: state.queue.map((entry) => (entry.id === id ? change(entry) : entry)) };
}

function jammed(jams: Jam[], jam: Jam, on: boolean): Jam[] {
  if (!on) return jams.filter(({ by }) => by !== jam.by);
  return jams.some(({ by }) => by === jam.by) ? jams : [...jams, jam];
}

function withFreeHorns(state: NestState, member: string, more: 1 | -1): NestState {
  const { [member]: had = 0, ...others } = state.free_horns;
  const has = had + more;
  return { ...state, free_horns: has > 0 ? { ...others, [member]: has } : others };
}

/** A nest that rested plays on. */
function awake(state: NestState): NestState {
  return { ...state, autofill: { ...state.autofill, state: 'ready' } };
}

/** The state with an entry that a person, or the nest itself, brought in. */
function withArrival(state: NestState, entry: Entry, standings: Standing[]): NestState {
  const arrived = withEntry(state, entry, standings);
  return entry.added_by.kind === 'person' ? awake(arrived) : arrived;
}

function withHorn(state: NestState, horn: Horn): NestState {
  const blown = { ...state, horns: [...state.horns, horn].slice(-HORNS_MAX) };
  return horn.free ? withFreeHorns(blown, horn.by, -1) : blown;
}

/**
 * The state after one publication. Pure: the same state and publication always give the same answer, and the state that
 * was given is left as it was.
 */
export function fold(state: NestState, { at_ms, event }: NestPublication): NestState {
  switch (event.type) {
    case 'opened':
      return { ...state, settings: event.settings, host: event.host };
    case 'entry_added':
      return withArrival(state, event.entry, event.rescored);
    case 'entry_restored':
      return withArrival(state, event.entry, []);
    case 'entry_removed':
      return { ...state, queue: state.queue.filter((entry) => entry.id !== event.entry) };
    case 'queue_cleared':
      return { ...state, queue: [] };
    case 'vote_cast': {
      const queue = state.queue.map((entry) =>
        entry.id === event.entry
          ? { ...entry, tally: event.tally, votes: voted(entry.votes, event.voter, event.direction) }
          : entry
      );
      return { ...state, queue: ordered(rescored(queue, event.rescored)) };
    }
    case 'jammed':
      return withChanged(state, event.entry, (entry) => {
        const jam = { by: event.member, name: event.name, at_ms };
        return { ...entry, jams: jammed(entry.jams, jam, event.on) };
      });
    case 'commented':
      return withChanged(state, event.entry, (entry) => ({
        ...entry,
        comments: [...entry.comments, event.comment]
      }));
    case 'comment_removed':
      return withChanged(state, event.entry, (entry) => ({
        ...entry,
        comments: entry.comments.filter(({ id }) => id !== event.comment)
      }));
    case 'free_horn_earned':
      return withFreeHorns(state, event.member, 1);
    case 'horn_blown':
      return withHorn(state, event.horn);
    case 'volume_changed':
      return { ...state, volume_percent: event.percent };
    case 'autofill_previewed':
      return { ...state, autofill: { ...state.autofill, preview: event.preview ?? null } };
    case 'autofill_rested':
      return { ...state, autofill: { ...state.autofill, state: 'resting' } };
    case 'track_filtered':
    case 'track_unfiltered':
      return state;
    case 'playback_started': {
      const entry = state.queue.find((candidate) => candidate.id === event.entry);
      if (entry === undefined) return state;
      return {
        ...state,
        queue: state.queue.filter((other) => other.id !== event.entry),
        playing: { entry, playback: { state: 'running', started_at_ms: event.started_at_ms } }
      };
    }
    case 'playback_changed':
      return state.playing ? { ...state, playing: { ...state.playing, playback: event.playback } } : state;
    case 'playback_ended':
      return state.playing?.entry.id === event.entry ? { ...state, playing: null } : state;
    case 'settings_changed':
      return {
        ...awake(state),
        settings: event.settings,
        queue: ordered(rescored(state.queue, event.rescored))
      };
    case 'host_changed':
      return { ...state, host: event.host };
    case 'locked':
      return { ...state, locked: true };
    case 'unlocked':
      return { ...state, locked: false };
    // Who may come in is known to the server, and whoever hosts asks it.
    case 'kicked':
    case 'let_in':
      return state;
    case 'closed':
      return {
        ...state,
        closed: true,
        playing: null,
        queue: [],
        autofill: { ...state.autofill, preview: null }
      };
    default:
      // An event of a later server: what it changes is in the next snapshot.
      event satisfies never;
      return state;
  }
}

/** What to do with a publication, given the offset of the last one that was folded. */
export function placement(offset: number, publication: number): 'old' | 'next' | 'gap' {
  if (publication <= offset) return 'old';
  return publication === offset + 1 ? 'next' : 'gap';
}
