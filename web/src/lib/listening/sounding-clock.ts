/**
 * Which sample of an AudioContext is being *heard* at a local time.
 *
 * A context renders ahead of the loudspeaker and slips whenever it under-runs, so the relation is measured again and
 * again. `getOutputTimestamp()` gives it directly; where that is missing or nonsense, `currentTime` minus the latency
 * the context reports (or a guess) stands in.
 */

/** The part of an AudioContext that tells time. */
export interface TimedContext {
  /** Seconds rendered so far. */
  readonly currentTime: number;
  readonly baseLatency?: number;
  readonly outputLatency?: number;
  getOutputTimestamp?(): { contextTime?: number; performanceTime?: number };
}

/** Bluetooth stacks have reported seconds; nothing that is played on a desk is later than this. */
const LATENCY_MS_MAX = 500;
/** When the browser says nothing. */
const LATENCY_MS_FALLBACK = 40;
/** Safari says too little: what it leaves out is about this much. */
const LATENCY_MS_FALLBACK_SAFARI = 100;
/** An output timestamp older than this belongs to a context that has stopped. */
const TIMESTAMP_AGE_MS_MAX = 1_000;
/** The median of so many measurements is believed: one late callback changes nothing, a slip shows after half of them. */
const SAMPLES_MAX = 5;

/** Measures and converts. Call `measure()` every 100 to 250 ms while the context runs. */
export class SoundingClock {
  #context: TimedContext;
  #safari: boolean;
  /** Local milliseconds minus context milliseconds of the same heard sample; newest last. */
  #differencesMs: number[] = [];
  #lastContextTime = -1;

  constructor(context: TimedContext, safari = false) {
    this.#context = context;
    this.#safari = safari;
  }

  /** Forgets: after the context was suspended, the relation is another. */
  reset(): void {
    this.#differencesMs = [];
    this.#lastContextTime = -1;
  }

  /** Takes one measurement at local time `nowMs`. */
  measure(nowMs: number): void {
    const difference = this.#timestampDifference(nowMs) ?? this.#latencyDifference(nowMs);
    if (difference === null) return;
    this.#differencesMs.push(difference);
    if (this.#differencesMs.length > SAMPLES_MAX) this.#differencesMs.shift();
  }

  /** Whether conversions mean anything yet. */
  get ready(): boolean {
    return this.#differencesMs.length > 0;
  }

  /** Context time in seconds of the sample heard at `localMs`. */
  contextAt(localMs: number): number {
    return (localMs - this.#difference()) / 1000;
  }

  /** Local time at which the sample of a context time is heard. */
  localAt(contextTimeS: number): number {
    return contextTimeS * 1000 + this.#difference();
  }

  /** The delay from rendering to hearing that is in force now, in milliseconds. */
  latencyMs(nowMs: number): number | null {
    return this.ready ? this.localAt(this.#context.currentTime) - nowMs : null;
  }

  #difference(): number {
    const sorted = [...this.#differencesMs].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? 0;
  }

  #timestampDifference(nowMs: number): number | null {
    const stamp = this.#context.getOutputTimestamp?.();
    const contextTime = stamp?.contextTime;
    const performanceTime = stamp?.performanceTime;
    if (!contextTime || !performanceTime) return null;
    const ageMs = nowMs - performanceTime;
    const aheadMs = (this.#context.currentTime - contextTime) * 1000;
    if (Math.abs(ageMs) > TIMESTAMP_AGE_MS_MAX) return null;
    if (aheadMs < -1 || aheadMs > LATENCY_MS_MAX + TIMESTAMP_AGE_MS_MAX) return null;
    const difference = performanceTime - contextTime * 1000;
    const latencyMs = this.#context.currentTime * 1000 + difference - nowMs;
    // Safari: a timestamp that leaves (nearly) no latency has left it out.
    if (this.#safari && latencyMs < LATENCY_MS_FALLBACK) return null;
    return latencyMs <= LATENCY_MS_MAX ? difference : null;
  }

  #latencyDifference(nowMs: number): number | null {
    const { currentTime, baseLatency, outputLatency } = this.#context;
    // Nothing rendered since the last look: that is a stopped context or a coarse clock, not a measurement.
    if (currentTime === 0 || currentTime === this.#lastContextTime) return null;
    this.#lastContextTime = currentTime;
    const fallbackMs = this.#safari ? LATENCY_MS_FALLBACK_SAFARI : LATENCY_MS_FALLBACK;
    const reportedMs = ((baseLatency ?? 0) + (outputLatency ?? 0)) * 1000;
    const usable = Boolean(outputLatency) && reportedMs <= LATENCY_MS_MAX;
    const latencyMs = usable && !(this.#safari && reportedMs < LATENCY_MS_FALLBACK) ? reportedMs : fallbackMs;
    return nowMs + latencyMs - currentTime * 1000;
  }
}
