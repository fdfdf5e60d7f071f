/**
 * The time a listening engine lives in, as an argument: a monotonic clock, the wall clock (only to notice sleep) and timers.
 *
 * Not here: the server's clock, which `clock.ts` estimates from this one.
 */

/** Takes a timer or a listener back. Calling it again does nothing. */
export type Cancel = () => void;

/** Clocks and timers; a test gives its own, so that nothing has to wait. */
export interface Time {
  /** Monotonic milliseconds, as `performance.now()`. All "local" times of this folder are on this clock. */
  now(): number;
  /** Milliseconds since 1970 by this device, as `Date.now()`; may jump. Used for nothing but noticing sleep. */
  wall(): number;
  /** Runs `task` once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Cancel;
}

/** The browser's own clocks and timers. */
export const browserTime: Time = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  }
};
