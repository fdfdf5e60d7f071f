import type { Action, Entry, NestState, Person } from '$lib/api/types';

/** All actions, in the order the settings show them. */
export const ACTIONS: readonly Action[] = [
  'add',
  'vote',
  'pause',
  'skip',
  'seek',
  'remove_others',
  'clear',
  'configure'
];

/** Whether somebody hosts a nest; administrators host every nest. */
export function hosts(person: Person | null | undefined, state: NestState): boolean {
  if (!person) return false;
  return person.role === 'administrator' || state.host === person.id;
}

/** Whether somebody may do something in a nest. The server decides; this only shapes what is offered. */
export function may(person: Person | null | undefined, state: NestState, action: Action): boolean {
  if (!person) return false;
  if (hosts(person, state)) return true;
  const allowed = person.role === 'guest' ? state.settings.guest_actions : state.settings.member_actions;
  return allowed.includes(action);
}

/** Whether an entry was added by this person. */
export function isOwn(person: Person | null | undefined, entry: Entry): boolean {
  return entry.added_by.kind === 'person' && entry.added_by.id === person?.id;
}

/** Whether somebody may take an entry out of the queue: one's own always, others' by permission. */
export function mayRemove(person: Person | null | undefined, state: NestState, entry: Entry): boolean {
  return isOwn(person, entry) || may(person, state, 'remove_others');
}

/** The code of the permanent nest. */
export const MAIN_CODE = 'main';

/** A nest's code as the server writes it, or null if the text cannot be one. */
export function parseCode(text: string): string | null {
  const trimmed = text.trim();
  if (trimmed.toLowerCase() === MAIN_CODE) return MAIN_CODE;
  const code = trimmed.toUpperCase();
  return /^[A-HJKMNP-Z2-9]{5}$/.test(code) ? code : null;
}
