import { describe, expect, it } from 'vitest';
import { planAt, planChangesAt, positionAt } from './timeline';
import type { ListeningEntry } from './status';

const entry = (id: number, durationMs: number): ListeningEntry => ({
  id,
  track: { id: `t${id}`, duration_ms: durationMs, stream_url: `/stream/${id}` }
});
const first = entry(1, 10_000);
const second = entry(2, 5_000);
const running = { entry: first, playback: { state: 'running', started_at_ms: 100_000 } } as const;

describe('the timeline', () => {
  it('computes a position from the server time at which the track began', () => {
    expect(positionAt({ state: 'running', started_at_ms: 100_000 }, 103_500)).toBe(3_500);
    expect(positionAt({ state: 'running', started_at_ms: 100_000 }, 99_000)).toBe(-1_000);
    expect(positionAt({ state: 'paused', position_ms: 42 }, 103_500)).toBe(42);
  });

  it('has nothing to play in an empty nest', () => {
    expect(planAt({}, 0)).toEqual({ kind: 'nothing' });
    expect(planAt({ playing: null, next: second }, 0)).toEqual({ kind: 'nothing' });
  });

  it('counts in before a start that lies ahead', () => {
    expect(planAt({ playing: running }, 99_200)).toMatchObject({ kind: 'playing', positionMs: -800 });
  });

  it('places the next track where the playing one ends', () => {
    const plan = planAt({ playing: running, next: second }, 104_000);
    expect(plan).toMatchObject({
      kind: 'playing',
      positionMs: 4_000,
      current: { startsAtMs: 100_000, endsAtMs: 110_000 },
      next: { startsAtMs: 110_000, endsAtMs: 115_000 }
    });
    expect(planChangesAt(plan)).toBe(110_000);
  });

  it('goes on to the next track on time although nobody has announced it', () => {
    expect(planAt({ playing: running, next: second }, 109_999)).toMatchObject({ current: { entry: first } });
    expect(planAt({ playing: running, next: second }, 110_000)).toMatchObject({
      current: { entry: second, startsAtMs: 110_000 },
      positionMs: 0,
      next: null
    });
  });

  it('does not guess further than the next track', () => {
    const plan = planAt({ playing: running, next: second }, 115_000);
    expect(plan).toEqual({ kind: 'between', ended: second });
    expect(planChangesAt(plan)).toBeNull();
    expect(planAt({ playing: running }, 110_000)).toEqual({ kind: 'between', ended: first });
  });

  it('stands still when paused, whatever the time', () => {
    const paused = { entry: first, playback: { state: 'paused', position_ms: 7 } } as const;
    expect(planAt({ playing: paused, next: second }, 1e15)).toEqual({
      kind: 'paused',
      entry: first,
      positionMs: 7,
      next: second
    });
  });
});
