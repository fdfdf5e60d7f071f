import { expect, test } from 'vitest';
import type { Comment, Entry, NestState, Person } from '$lib/api/types';
import { adderSays, charactersLeft, entryOf, jams, mayRemoveComment } from './reactions';

const comment = (id: number, by: string, text: string): Comment => ({ id, by, name: by, at_ms: id, text });
const entry = (changes: Partial<Entry> = {}): Entry => ({
  id: 1,
  track: { id: 't', title: 'T', artist: '', album: '', duration_ms: 1, stream_url: '' },
  score: 1,
  added_by: { kind: 'person', id: 'ana', name: 'Ana' },
  added_at_ms: 0,
  tally: 0,
  votes: { up: [], down: [] },
  jams: [],
  comments: [],
  ...changes
});
const person = (id: string, role: Person['role'] = 'member'): Person => ({ id, name: id, role });

test('what the adder said last is shown, whoever spoke since', () => {
  const comments = [comment(1, 'ana', 'first'), comment(2, 'ana', 'second'), comment(3, 'ben', 'third')];
  expect(adderSays(entry({ comments }))).toBe('second');
  expect(adderSays(entry({ comments: [comment(3, 'ben', 'third')] }))).toBeNull();
  expect(adderSays(entry({ comments, added_by: { kind: 'autofill' } }))).toBeNull();
});

test('one jams along if one is among those who do', () => {
  const jammed = entry({ jams: [{ by: 'ana', name: 'Ana', at_ms: 1 }] });
  expect([jams(person('ana'), jammed), jams(person('ben'), jammed), jams(null, jammed)]).toEqual([
    true,
    false,
    false
  ]);
});

test('comments are removed by whoever made them and whoever hosts', () => {
  const said = comment(1, 'ana', 'hello');
  const state = { host: 'cleo' } as NestState;
  const may = (who: Person | null): boolean => mayRemoveComment(who, state, said);
  expect([may(person('ana')), may(person('cleo')), may(person('dan', 'administrator'))]).toEqual([
    true,
    true,
    true
  ]);
  expect([may(person('ben')), may(null)]).toEqual([false, false]);
});

test('an entry is found where it is, and not where it was', () => {
  const state = { playing: { entry: entry() }, queue: [entry({ id: 2 })] } as unknown as NestState;
  expect([1, 2, 3].map((id) => entryOf(state, id)?.id ?? null)).toEqual([1, 2, null]);
});

test('characters are counted, not their parts, and blanks around them are none', () => {
  expect(charactersLeft('')).toBe(280);
  expect(charactersLeft('  🎺🎺  ')).toBe(278);
  expect(charactersLeft('x'.repeat(281))).toBe(-1);
});
