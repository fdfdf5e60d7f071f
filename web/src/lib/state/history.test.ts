import { expect, test } from 'vitest';
import type { NestSnapshot, Play, PlayPage } from '$lib/api/types';
import { EVERYTHING, type PlayQuery } from '$lib/history';
import { blankNest } from '../../../mock/blank.js';
import { History } from './history.svelte';

const play = (id: string, name: string): Play => ({
  id,
  track: { id, title: id, artist: '', album: '', duration_ms: 1000, stream_url: '' },
  added_by: { kind: 'person', id: name.toLowerCase(), name },
  started_at_ms: 0,
  jams: [],
  comments: []
});
const nest = async (): Promise<NestSnapshot> => ({
  epoch: 'e',
  offset: 0,
  server_time_ms: 0,
  state: blankNest()
});
const pages =
  (...all: string[][]): ((code: string, query: PlayQuery, cursor?: string) => Promise<PlayPage>) =>
  async (_, __, cursor) => {
    const at = Number(cursor ?? 0);
    return {
      plays: (all[at] ?? []).map((id) => play(id, id === 'b' ? 'Ben' : 'Ada')),
      next_cursor: at + 1 < all.length ? `${at + 1}` : null
    };
  };

const allPlays = async (): Promise<PlayPage> => {
  throw new Error('nobody asked for all nests');
};

test('a search goes on over pages that have nothing of it', async () => {
  const history = new History({ nest, allPlays, plays: pages([], [], ['a'], [], ['b']) });
  await history.load('main', { ...EVERYTHING, text: 'bird' });
  expect(history.plays.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(history.cursor).toBeNull();
});

test('but not for ever: people ask for more', async () => {
  const history = new History({
    nest,
    allPlays,
    plays: pages(...Array.from({ length: 12 }, () => []), ['b'])
  });
  await history.load('main', { ...EVERYTHING, text: 'bird' });
  expect([history.plays.length, history.cursor]).toEqual([0, '8']);
  await history.more('main');
  expect(history.plays.map(({ id }) => id)).toEqual(['b']);
});

test('what was asked for last is shown, however the answers come', async () => {
  const waiting: (() => void)[] = [];
  const history = new History({
    nest,
    allPlays,
    plays: (_, { text = '' }) =>
      new Promise((answer) => waiting.push(() => answer({ plays: [play(text, 'Ada')] })))
  });
  const first = history.load('main', { ...EVERYTHING, text: 'first' });
  const second = history.load('main', { ...EVERYTHING, text: 'second' });
  waiting[1]?.();
  await second;
  waiting[0]?.();
  await first;
  expect(history.plays.map(({ id }) => id)).toEqual(['second']);
});

test('who was met stays to be chosen, also when a filter shows others', async () => {
  const all = new Map([
    [undefined, ['a', 'b']],
    ['ada', ['a']]
  ]);
  const history = new History({
    nest,
    allPlays,
    plays: async (_, { by }) => ({
      plays: (all.get(by) ?? []).map((id) => play(id, id === 'b' ? 'Ben' : 'Ada'))
    })
  });
  await history.load('main', EVERYTHING);
  await history.load('main', { ...EVERYTHING, by: 'ada' });
  expect(history.people.map(({ name }) => name)).toEqual(['Ada', 'Ben']);
});

test('of all nests the plays are asked for together, page by page, and no nest by name', async () => {
  const asked: unknown[] = [];
  const never = async (): Promise<never> => {
    throw new Error('nobody asked for a nest');
  };
  const history = new History({
    nest: never,
    plays: never,
    allPlays: async (query, cursor) => {
      asked.push([query, cursor]);
      return cursor === undefined
        ? { plays: Array.from({ length: 20 }, (_, at) => play(`a${at}`, 'Ada')), next_cursor: 'next' }
        : { plays: [play('b', 'Ben')] };
    }
  });
  await history.load(null, { ...EVERYTHING, by: 'ada' });
  expect([history.status.kind, history.plays.length, history.name]).toEqual(['ready', 20, null]);
  await history.more(null);
  expect([history.plays.at(-1)?.id, history.cursor]).toEqual(['b', null]);
  expect(asked).toEqual([
    [{ by: 'ada' }, undefined],
    [{ by: 'ada' }, 'next']
  ]);
});
