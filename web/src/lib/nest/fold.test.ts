import { describe, expect, test } from 'vitest';
import type { Entry, NestEvent, NestState } from '$lib/api/types';
import { fold, placement } from './fold';

const entry = (id: number, score: number): Entry => ({
  id,
  score,
  track: {
    id: `t${id}`,
    title: `Song ${id}`,
    artist: '',
    album: '',
    duration_ms: 60_000,
    stream_url: `/s/${id}`
  },
  added_by: { kind: 'person', id: 'ana', name: 'Ana' },
  added_at_ms: 0,
  tally: 0,
  votes: { up: [], down: [] }
});

const state = (over: Partial<NestState> = {}): NestState => ({
  code: 'main',
  settings: {
    name: 'Main',
    autofill: true,
    guests_allowed: true,
    queue_entries_max: 10,
    member_actions: [],
    guest_actions: []
  },
  host: null,
  playing: null,
  queue: [],
  closed: false,
  ...over
});

const after = (before: NestState, ...events: NestEvent[]): NestState =>
  events.reduce((folded, event) => fold(folded, { at_ms: 1, by: 'ana', event }), before);
const ids = (folded: NestState): number[] => folded.queue.map((queued) => queued.id);

describe('folding a nest', () => {
  test('an added entry takes its place by score and then by id', () => {
    const folded = after(
      state({ queue: [entry(1, 1), entry(2, 2)] }),
      { type: 'entry_added', entry: entry(4, 1), rescored: [] },
      { type: 'entry_added', entry: entry(3, 0.5), rescored: [] }
    );
    expect(ids(folded)).toEqual([3, 1, 4, 2]);
  });

  test('standings move the entries they name and no other', () => {
    const folded = after(state({ queue: [entry(1, 1), entry(2, 2)] }), {
      type: 'entry_added',
      entry: entry(3, 3),
      rescored: [{ entry: 1, score: 9 }]
    });
    expect(ids(folded)).toEqual([2, 3, 1]);
  });

  test('the same entry added twice stands once', () => {
    const added: NestEvent = { type: 'entry_added', entry: entry(1, 1), rescored: [] };
    expect(ids(after(state(), added, added))).toEqual([1]);
  });

  test('a vote replaces the same voter’s vote and reorders', () => {
    const folded = after(
      state({ queue: [entry(1, 1), entry(2, 2)] }),
      {
        type: 'vote_cast',
        entry: 2,
        voter: 'ben',
        direction: 'up',
        tally: 1,
        rescored: [{ entry: 2, score: 0 }]
      },
      {
        type: 'vote_cast',
        entry: 2,
        voter: 'ben',
        direction: 'down',
        tally: -1,
        rescored: [{ entry: 2, score: 3 }]
      }
    );
    expect(ids(folded)).toEqual([1, 2]);
    expect(folded.queue[1]).toMatchObject({ tally: -1, votes: { up: [], down: ['ben'] } });
  });

  test('a vote that is taken back leaves no trace', () => {
    const folded = after(
      state({ queue: [entry(1, 1)] }),
      { type: 'vote_cast', entry: 1, voter: 'ben', direction: 'up', tally: 1, rescored: [] },
      { type: 'vote_cast', entry: 1, voter: 'ben', direction: 'none', tally: 0, rescored: [] }
    );
    expect(folded.queue[0]?.votes).toEqual({ up: [], down: [] });
  });

  test('what starts leaves the queue and plays', () => {
    const folded = after(state({ queue: [entry(1, 1), entry(2, 2)] }), {
      type: 'playback_started',
      entry: 1,
      started_at_ms: 500
    });
    expect(ids(folded)).toEqual([2]);
    expect(folded.playing?.entry.id).toBe(1);
    expect(folded.playing?.playback).toEqual({ state: 'running', started_at_ms: 500 });
  });

  test('an end that speaks of another entry changes nothing', () => {
    const playing = after(state({ queue: [entry(1, 1)] }), {
      type: 'playback_started',
      entry: 1,
      started_at_ms: 0
    });
    expect(after(playing, { type: 'playback_ended', entry: 9, outcome: 'finished' }).playing).not.toBeNull();
    expect(after(playing, { type: 'playback_ended', entry: 1, outcome: 'skipped' }).playing).toBeNull();
  });

  test('a removed entry can come back where it was', () => {
    const start = state({ queue: [entry(1, 1), entry(2, 2), entry(3, 3)] });
    const removed = after(start, { type: 'entry_removed', entry: 2 });
    expect(ids(removed)).toEqual([1, 3]);
    expect(ids(after(removed, { type: 'entry_restored', entry: entry(2, 2) }))).toEqual([1, 2, 3]);
  });

  test('closing empties the nest', () => {
    const folded = after(state({ queue: [entry(1, 1)] }), { type: 'closed' });
    expect(folded).toMatchObject({ closed: true, queue: [], playing: null });
  });

  test('folding leaves the state it was given alone', () => {
    const before = state({ queue: [entry(1, 1), entry(2, 2)] });
    const copy = structuredClone(before);
    after(
      before,
      {
        type: 'vote_cast',
        entry: 2,
        voter: 'ben',
        direction: 'up',
        tally: 1,
        rescored: [{ entry: 2, score: 0 }]
      },
      { type: 'queue_cleared' }
    );
    expect(before).toEqual(copy);
  });
});

test('a publication is folded only when it follows the last one', () => {
  expect(placement(5, 5)).toBe('old');
  expect(placement(5, 6)).toBe('next');
  expect(placement(5, 7)).toBe('gap');
});
