import { expect, test } from 'vitest';
import type { Entry, NestState, Person } from '$lib/api/types';
import { hosts, may, mayRemove, parseSlug, wayTo } from './permissions';

const state = {
  host: 'ben',
  settings: { member_actions: ['add', 'vote'], guest_actions: ['vote'] }
} as unknown as NestState;
const person = (id: string, role: Person['role']): Person => ({ id, name: id, role });
const entryOf = (id: string): Entry => ({ added_by: { kind: 'person', id, name: id } }) as Entry;

test('the host and administrators may do everything', () => {
  expect(may(person('ben', 'member'), state, 'configure')).toBe(true);
  expect(may(person('eve', 'administrator'), state, 'configure')).toBe(true);
  expect(hosts(person('ana', 'member'), state)).toBe(false);
});

test('members and guests may do what is set for them', () => {
  expect(may(person('ana', 'member'), state, 'add')).toBe(true);
  expect(may(person('ana', 'member'), state, 'skip')).toBe(false);
  expect(may(person('gus', 'guest'), state, 'add')).toBe(false);
  expect(may(person('gus', 'guest'), state, 'vote')).toBe(true);
});

test('nobody may do anything while signed out', () => {
  expect(may(null, state, 'vote')).toBe(false);
});

test('one’s own entry may always be removed, others’ by permission', () => {
  expect(mayRemove(person('gus', 'guest'), state, entryOf('gus'))).toBe(true);
  expect(mayRemove(person('gus', 'guest'), state, entryOf('ana'))).toBe(false);
  expect(mayRemove(person('ben', 'member'), state, entryOf('ana'))).toBe(true);
  expect(mayRemove(person('gus', 'guest'), state, { added_by: { kind: 'autofill' } } as Entry)).toBe(false);
});

test('a word may lead to a nest', () => {
  expect(parseSlug(' Friday-Night ')).toBe('friday-night');
  for (const bad of ['', 'a', '9lives', 'a--b', 'end-', 'zwölf', 'a b', 'a'.repeat(41)]) {
    expect(parseSlug(bad)).toBeNull();
  }
});

test('people reach a nest by its code, its word or its link', () => {
  const origin = 'https://rooks.example';
  expect(wayTo('abcde', origin)).toBe('/nest/ABCDE');
  expect(wayTo('friday-night', origin)).toBe('/friday-night');
  expect(wayTo('https://rooks.example/nest/ABCDE', origin)).toBe('/nest/ABCDE');
  expect(wayTo('https://rooks.example/friday-night/', origin)).toBe('/friday-night');
  expect(wayTo('https://elsewhere.example/friday-night', origin)).toBeNull();
  expect(wayTo('01IL0', origin)).toBeNull();
});
