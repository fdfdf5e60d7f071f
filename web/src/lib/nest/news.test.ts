import { expect, test } from 'vitest';
import type { Entry, NestEvent, NestState } from '$lib/api/types';
import { news } from './news';

const entry: Entry = {
  id: 7,
  score: 1,
  track: { id: 't', title: 'Dawn', artist: '', album: '', duration_ms: 1, stream_url: '' },
  added_by: { kind: 'person', id: 'ana', name: 'Ana' },
  added_at_ms: 0,
  tally: 0,
  votes: { up: [], down: [] },
  jams: [],
  comments: []
};
const state = {
  queue: [entry],
  playing: { entry: { ...entry, id: 8, track: { ...entry.track, title: 'Dusk' } } }
} as unknown as NestState;
const told = (event: NestEvent, by: string | null = 'ben') => news({ at_ms: 0, by, event }, state);

test('who added and who skipped what is news', () => {
  expect(told({ type: 'entry_added', entry, rescored: [] }, 'ana')).toEqual({
    kind: 'added',
    by: 'ana',
    name: 'Ana',
    title: 'Dawn'
  });
  expect(told({ type: 'playback_ended', entry: 8, outcome: 'skipped' })).toMatchObject({
    kind: 'skipped',
    title: 'Dusk'
  });
});

test('what the nest does by itself is not', () => {
  const filled: Entry = { ...entry, added_by: { kind: 'autofill' } };
  expect(told({ type: 'entry_added', entry: filled, rescored: [] }, null)).toBeNull();
  expect(told({ type: 'playback_ended', entry: 8, outcome: 'finished' }, null)).toBeNull();
  expect(told({ type: 'entry_removed', entry: 7 }, null)).toBeNull();
});

test('an entry nobody knows is not spoken of', () => {
  expect(told({ type: 'entry_removed', entry: 99 })).toBeNull();
});

test('what is said of a song is told with it, and horns by their sound', () => {
  const comment = { id: 3, by: 'ben', name: 'Ben', at_ms: 0, text: 'Louder' };
  expect(told({ type: 'commented', entry: 7, comment })).toEqual({
    kind: 'commented',
    by: 'ben',
    name: 'Ben',
    entry: 7,
    title: 'Dawn',
    text: 'Louder'
  });
  expect(told({ type: 'commented', entry: 99, comment })).toBeNull();
  const horn = {
    id: 4,
    by: 'ben',
    name: 'Ben',
    at_ms: 0,
    sound: 'duck',
    entry: 8,
    title: 'Dusk',
    free: false
  };
  expect(told({ type: 'horn_blown', horn })).toEqual({ kind: 'horn', by: 'ben', name: 'Ben', sound: 'duck' });
});

test('a jam is news for whoever added the song, and so is what it earns', () => {
  const jam: NestEvent = { type: 'jammed', entry: 7, member: 'ben', name: 'Ben', on: true };
  expect(told(jam)).toEqual({ kind: 'jammed', by: 'ben', name: 'Ben', title: 'Dawn', to: 'ana' });
  expect(told({ ...jam, on: false })).toBeNull();
  expect(told({ ...jam, entry: 99 })).toBeNull();
  expect(told({ type: 'free_horn_earned', entry: 7, member: 'ana' })).toEqual({
    kind: 'freeHorn',
    by: null,
    title: 'Dawn',
    to: 'ana'
  });
});
