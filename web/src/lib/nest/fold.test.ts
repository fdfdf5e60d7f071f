import { describe, expect, test } from 'vitest';
import type { Comment, Entry, Horn, NestEvent, NestState, Preview } from '$lib/api/types';
import { blankNest } from '../../../mock/blank.js';
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
  votes: { up: [], down: [] },
  jams: [],
  comments: []
});

const state = (over: Partial<NestState> = {}): NestState => blankNest({ host: null, ...over });

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

  test('another ordering moves what waits', () => {
    const before = state({ queue: [entry(1, 1), entry(2, 2)] });
    const settings = { ...before.settings, ordering: 'most_votes' as const };
    const folded = after(before, {
      type: 'settings_changed',
      settings,
      rescored: [
        { entry: 2, score: -1 },
        { entry: 1, score: 0 }
      ]
    });
    expect(ids(folded)).toEqual([2, 1]);
    expect(folded.settings.ordering).toBe('most_votes');
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

describe('folding what people do while they listen', () => {
  const said = (id: number): Comment => ({ id, by: 'ana', name: 'Ana', at_ms: 1, text: `said ${id}` });
  const horn = (id: number, free = false): Horn => ({
    id,
    by: 'ana',
    name: 'Ana',
    at_ms: 1,
    sound: 'duck',
    entry: 1,
    title: 'Song 1',
    free
  });
  const jam = (entry: number, member: string, on = true): NestEvent => ({
    type: 'jammed',
    entry,
    member,
    name: member.toUpperCase(),
    on
  });
  const playing = (): NestState =>
    state({
      playing: { entry: entry(1, 1), playback: { state: 'running', started_at_ms: 0 } },
      queue: [entry(2, 2), entry(3, 3)]
    });

  test('somebody who jams along stands once, in order of time, until they stop', () => {
    const folded = after(playing(), jam(2, 'ben'), jam(2, 'ana'), jam(2, 'ben'));
    expect(folded.queue[0]?.jams).toEqual([
      { by: 'ben', name: 'BEN', at_ms: 1 },
      { by: 'ana', name: 'ANA', at_ms: 1 }
    ]);
    expect(folded.queue[1]?.jams).toEqual([]);
    expect(after(folded, jam(2, 'ben', false)).queue[0]?.jams.map(({ by }) => by)).toEqual(['ana']);
  });

  test('what plays takes its jams and comments along and gathers more', () => {
    const folded = after(
      state({ queue: [entry(1, 1)] }),
      jam(1, 'ben'),
      { type: 'commented', entry: 1, comment: said(4) },
      { type: 'playback_started', entry: 1, started_at_ms: 5 },
      jam(1, 'ana'),
      { type: 'commented', entry: 1, comment: said(5) },
      { type: 'comment_removed', entry: 1, comment: 4 }
    );
    expect(folded.playing?.entry.jams.map(({ by }) => by)).toEqual(['ben', 'ana']);
    expect(folded.playing?.entry.comments).toEqual([said(5)]);
  });

  test('the last fifty horns are kept', () => {
    const many = Array.from({ length: 60 }, (_, at): NestEvent => ({ type: 'horn_blown', horn: horn(at) }));
    const { horns, free_horns } = after(playing(), ...many);
    expect([horns.length, horns[0]?.id, horns[49]?.id]).toEqual([50, 10, 59]);
    expect(free_horns).toEqual({});
  });

  test('a free horn is earned, used up, and gone', () => {
    const earned: NestEvent = { type: 'free_horn_earned', entry: 2, member: 'ana' };
    const rich = after(playing(), earned, earned);
    expect(rich.free_horns).toEqual({ ana: 2 });
    const poorer = after(rich, { type: 'horn_blown', horn: horn(9, true) });
    expect(poorer.free_horns).toEqual({ ana: 1 });
    expect(after(poorer, { type: 'horn_blown', horn: horn(10, true) }).free_horns).toEqual({});
  });

  test('the volume is what was said last', () => {
    expect(after(playing(), { type: 'volume_changed', percent: 0 }).volume_percent).toBe(0);
  });

  test('everybody sees the same preview until it is gone', () => {
    const preview: Preview = {
      track: entry(9, 0).track,
      because: {
        reason: { kind: 'same_artist', artist: 'Ida' },
        seed: {
          track_id: 't1',
          title: 'Song 1',
          artist: 'Ida',
          by: { kind: 'person', id: 'ana', name: 'Ana' }
        }
      }
    };
    const shown = after(state(), { type: 'autofill_previewed', preview });
    expect(shown.autofill).toEqual({ state: 'ready', preview });
    const filtered = after(shown, { type: 'track_filtered', track_id: 't9' });
    expect(filtered).toEqual(shown);
    expect(after(filtered, { type: 'autofill_previewed', preview: null }).autofill.preview).toBeNull();
  });

  test('a nest rests until a person adds something or settings change', () => {
    const resting = after(state(), { type: 'autofill_rested' });
    expect(resting.autofill.state).toBe('resting');
    const byItself: Entry = { ...entry(1, 1), added_by: { kind: 'autofill' } };
    expect(after(resting, { type: 'entry_added', entry: byItself, rescored: [] }).autofill.state).toBe(
      'resting'
    );
    expect(after(resting, { type: 'entry_restored', entry: byItself }).autofill.state).toBe('resting');
    for (const event of [
      { type: 'entry_added', entry: entry(1, 1), rescored: [] },
      { type: 'entry_restored', entry: entry(1, 1) },
      { type: 'settings_changed', settings: state().settings, rescored: [] }
    ] satisfies NestEvent[]) {
      expect(after(resting, event).autofill.state).toBe('ready');
    }
  });

  test('a closed nest has no preview', () => {
    const preview: Preview = {
      track: entry(9, 0).track,
      because: { reason: { kind: 'library' }, seed: null }
    };
    const shown = after(state(), { type: 'autofill_previewed', preview });
    expect(after(shown, { type: 'closed' }).autofill.preview).toBeNull();
  });

  test('a nest is locked and unlocked', () => {
    const locked = after(state(), { type: 'locked' });
    expect(locked.locked).toBe(true);
    const put = after(
      locked,
      { type: 'kicked', member: 'gus', name: 'Gus' },
      { type: 'let_in', member: 'gus' }
    );
    expect(put).toEqual(locked);
    expect(after(put, { type: 'unlocked' })).toEqual(state());
  });

  test('an event of a later server changes nothing', () => {
    const before = state();
    expect(after(before, { type: 'moon_rose' } as unknown as NestEvent)).toEqual(before);
  });

  test('what is said of an entry that is gone changes nothing', () => {
    const before = playing();
    expect(after(before, jam(9, 'ana'), { type: 'commented', entry: 9, comment: said(4) })).toEqual(before);
  });
});
