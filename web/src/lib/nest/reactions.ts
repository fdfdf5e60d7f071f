import type { Comment, Entry, NestState, Person } from '$lib/api/types';
import { hosts } from './permissions';

/** What the adder of an entry said of it last; null when they said nothing. */
export function adderSays({ added_by: by, comments }: Entry): string | null {
  if (by.kind !== 'person') return null;
  return comments.findLast((comment) => comment.by === by.id)?.text ?? null;
}

/** Whether somebody jams along to an entry. */
export function jams(person: Person | null, { jams: all }: Entry): boolean {
  return all.some(({ by }) => by === person?.id);
}

/** Whether somebody may take a comment away: one's own, and whoever hosts the nest any. */
export function mayRemoveComment(person: Person | null, state: NestState, comment: Comment): boolean {
  return comment.by === person?.id || hosts(person, state);
}

/** The entry with this id, if it still waits or plays. */
export function entryOf(state: NestState, id: number): Entry | null {
  if (state.playing?.entry.id === id) return state.playing.entry;
  return state.queue.find((entry) => entry.id === id) ?? null;
}

const COMMENT_CHARACTERS_MAX = 280;

/** How much more a comment can hold, counted as the server counts: in characters, not in their parts. */
export const charactersLeft = (text: string): number => COMMENT_CHARACTERS_MAX - [...text.trim()].length;
