import type { Entry, NestPublication, NestState, Standing, VoteDirection, Votes } from '$lib/api/types';

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

/**
 * The state after one publication. Pure: the same state and publication always give the same answer, and the state that
 * was given is left as it was.
 */
export function fold(state: NestState, { event }: NestPublication): NestState {
  switch (event.type) {
    case 'opened':
      return { ...state, settings: event.settings, host: event.host };
    case 'entry_added':
      return withEntry(state, event.entry, event.rescored);
    case 'entry_restored':
      return withEntry(state, event.entry, []);
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
      return { ...state, settings: event.settings };
    case 'host_changed':
      return { ...state, host: event.host };
    case 'closed':
      return { ...state, closed: true, playing: null, queue: [] };
  }
}

/** What to do with a publication, given the offset of the last one that was folded. */
export function placement(offset: number, publication: number): 'old' | 'next' | 'gap' {
  if (publication <= offset) return 'old';
  return publication === offset + 1 ? 'next' : 'gap';
}
