import { describe, expect, it } from 'vitest';
import { SoundingClock } from './sounding-clock';
import type { TimedContext } from './sounding-clock';

/** A context at 10 s when the local clock shows 60 s. */
function context(more: Partial<TimedContext>): TimedContext {
  return { currentTime: 10, ...more };
}

function latency(timed: TimedContext, safari = false): number | null {
  const clock = new SoundingClock(timed, safari);
  clock.measure(60_000);
  return clock.latencyMs(60_000);
}

const stamp = (contextTime: number, performanceTime: number) => ({
  getOutputTimestamp: () => ({ contextTime, performanceTime })
});

describe('what is heard when', () => {
  it('is what the output timestamp says', () => {
    const clock = new SoundingClock(context(stamp(9.9, 59_980)));
    clock.measure(60_000);
    expect(clock.contextAt(59_980)).toBeCloseTo(9.9, 6);
    expect(clock.localAt(9.9)).toBeCloseTo(59_980, 6);
    expect(clock.latencyMs(60_000)).toBeCloseTo(80, 3);
  });

  it('is the reported latency where there is no timestamp', () => {
    expect(latency(context({ baseLatency: 0.01, outputLatency: 0.05 }))).toBeCloseTo(60, 3);
  });

  it('is 40 ms where nothing is reported, and 100 ms on Safari', () => {
    expect(latency(context({}))).toBeCloseTo(40, 3);
    expect(latency(context({ baseLatency: 0.005, outputLatency: 0 }))).toBeCloseTo(40, 3);
    expect(latency(context({}), true)).toBeCloseTo(100, 3);
    expect(latency(context({ baseLatency: 0.005, outputLatency: 0.01 }), true)).toBeCloseTo(100, 3);
  });

  it('does not believe latencies that no loudspeaker has', () => {
    expect(latency(context({ outputLatency: 0.648 }))).toBeCloseTo(40, 3);
    expect(latency(context({ outputLatency: 0.06, ...stamp(9, 60_000) }))).toBeCloseTo(60, 3);
  });

  it('does not believe a timestamp of a context that stands still, nor one of zeros', () => {
    expect(latency(context({ outputLatency: 0.06, ...stamp(9.9, 50_000) }))).toBeCloseTo(60, 3);
    expect(latency(context({ outputLatency: 0.06, ...stamp(0, 0) }))).toBeCloseTo(60, 3);
  });

  it('does not believe a Safari timestamp that leaves the latency out', () => {
    expect(latency(context(stamp(9.995, 60_000)), true)).toBeCloseTo(100, 3);
    expect(latency(context(stamp(9.85, 60_000)), true)).toBeCloseTo(150, 3);
  });

  it('is not moved by one late measurement, and is by three', () => {
    let slippedMs = 0;
    const clock = new SoundingClock({
      currentTime: 10,
      getOutputTimestamp: () => ({ contextTime: 9.9, performanceTime: 60_000 + slippedMs })
    });
    for (let i = 0; i < 5; i += 1) clock.measure(60_000);
    slippedMs = 120;
    clock.measure(60_000);
    clock.measure(60_000);
    expect(clock.localAt(9.9)).toBeCloseTo(60_000, 3);
    clock.measure(60_000);
    expect(clock.localAt(9.9)).toBeCloseTo(60_120, 3);
  });

  it('knows nothing after a reset', () => {
    const clock = new SoundingClock(context({}));
    clock.measure(60_000);
    expect(clock.ready).toBe(true);
    clock.reset();
    expect(clock.ready).toBe(false);
    expect(clock.latencyMs(60_000)).toBeNull();
  });
});
