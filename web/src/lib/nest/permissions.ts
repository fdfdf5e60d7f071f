import type { Action, Entry, NestState, Person } from '$lib/api/types';

/** All actions, in the order the settings show them. */
export const ACTIONS: readonly Action[] = [
  'add',
  'vote',
  'jam',
  'comment',
  'horn',
  'pause',
  'skip',
  'seek',
  'volume',
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

export const SLUG_CHARACTERS_MAX = 40;

/** A word that may lead to a nest as the server writes it, or null if the text cannot be one. Some are taken or reserved. */
export function parseSlug(text: string): string | null {
  const slug = text.trim().toLowerCase();
  const long = slug.length >= 2 && slug.length <= SLUG_CHARACTERS_MAX;
  return long && /^[a-z](-?[a-z0-9])+$/.test(slug) ? slug : null;
}

/** Where a nest is, by what people type or paste: its code, its word, or its link on this server. */
export function wayTo(text: string, origin: string): string | null {
  const link = URL.parse(text.trim());
  if (link !== null && link.origin !== origin) return null;
  const word = link === null ? text : link.pathname.replace(/^\/(nest\/)?|\/$/g, '');
  const code = parseCode(word);
  if (code !== null) return `/nest/${code}`;
  const slug = parseSlug(word);
  return slug === null ? null : `/${slug}`;
}
