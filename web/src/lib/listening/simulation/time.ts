/**
 * Time that passes when told to.
 */
import type { Cancel, Time } from '../time';

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
}

/** A monotonic clock, a wall clock and timers, all moved by `advance`. */
export class SimulatedTime implements Time {
  #nowMs = 1_000;
  #wallMs = 1_700_000_000_000;
  /** True time; local clocks may run at another rate or stop. */
  trueMs = 1_800_000_000_000;
  /** The local clock's rate. */
  localRate = 1;
  #timers: { dueMs: number; task: () => void; live: boolean }[] = [];

  now(): number {
    return this.#nowMs;
  }

  wall(): number {
    return this.#wallMs;
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), task, live: true };
    this.#timers.push(timer);
    return () => {
      timer.live = false;
      this.#timers = this.#timers.filter((held) => held !== timer);
    };
  }

  /** Passes `durationMs` of local time, running what falls due in order. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    for (;;) {
      await settle();
      let first = this.#timers[0];
      for (const timer of this.#timers) if (first && timer.dueMs < first.dueMs) first = timer;
      if (!first || first.dueMs > endMs) break;
      this.#pass(Math.max(0, first.dueMs - this.#nowMs));
      this.#timers = this.#timers.filter((timer) => timer !== first);
      first.task();
    }
    this.#pass(endMs - this.#nowMs);
    await settle();
  }

  /** The device sleeps: true time and the wall clock go on, the monotonic clock and timers do not. */
  sleep(durationMs: number): void {
    this.trueMs += durationMs;
    this.#wallMs += durationMs;
  }

  /** Somebody sets the device's wall clock. */
  setWall(byMs: number): void {
    this.#wallMs += byMs;
  }

  #pass(localMs: number): void {
    this.#nowMs += localMs;
    this.#wallMs += localMs;
    this.trueMs += localMs / this.localRate;
  }
}

/** Chance that repeats itself: numbers from 0 to 1 by a seed (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
