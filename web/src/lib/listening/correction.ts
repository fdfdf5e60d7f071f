/**
 * What to do about an error: nothing, play a little faster or slower, or move.
 *
 * Pure, apart from remembering that a correction is under way (hysteresis) and when sound was last moved.
 * Errors: positive = ahead of the nest.
 */
import type { OutputMode } from './status';

/** What to do now. */
export type Correction =
  | { kind: 'hold' }
  /** Play at `rate` until told otherwise. */
  | { kind: 'rate'; rate: number }
  /** Move to where it should be. */
  | { kind: 'move' };

interface Limits {
  /** An error smaller than this starts no correction. */
  deadBandMs: number;
  /** A correction ends below this. */
  settledMs: number;
  /** Within the dead band, an error above this is made up for at `trimRate`, which is no correction to speak of. */
  trimAboveMs: number;
  trimRate: number;
  /** Up to this error the rate changes by at most `gentleRate`. */
  gentleMs: number;
  gentleRate: number;
  /** Up to this error the rate changes by at most `firmRate`; beyond, sound is moved. */
  firmMs: number;
  firmRate: number;
  /** The error is made up for in about this time, if the rate allows. */
  horizonMs: number;
  /** After a move, this long without another; doubled by each move that did not help. */
  moveIntervalMs: number;
}

/**
 * A buffer changes pitch with its rate, so only what nobody hears (half a percent) is done by rate; a splice on
 * the sample with a 10 ms crossfade is kinder than seconds of a detuned song. An element keeps its pitch but seeks badly
 * (a gap, and it lands tens of milliseconds off), so there the rate does most of the work. Its dead band is wider, since
 * merely beginning to stretch makes Chromium lose some 15 ms.
 */
const LIMITS: Record<OutputMode, Limits> = {
  buffer: {
    deadBandMs: 4,
    settledMs: 1,
    trimAboveMs: 0.8,
    trimRate: 0.0005,
    gentleMs: 35,
    gentleRate: 0.005,
    firmMs: 35,
    firmRate: 0.005,
    horizonMs: 1_000,
    moveIntervalMs: 1_000
  },
  element: {
    deadBandMs: 10,
    settledMs: 2,
    trimAboveMs: Infinity,
    trimRate: 0,
    gentleMs: 15,
    gentleRate: 0.005,
    firmMs: 250,
    firmRate: 0.03,
    horizonMs: 1_500,
    moveIntervalMs: 2_000
  }
};
const MOVE_INTERVAL_MS_MAX = 16_000;
/** This long in step, and an earlier row of moves is forgotten. */
const FORGIVEN_AFTER_MS = 20_000;

/** Decides corrections for one output. */
export class Corrector {
  #limits: Limits;
  #correcting = false;
  #trimming = false;
  #movedAtMs = -Infinity;
  #moves = 0;

  constructor(mode: OutputMode) {
    this.#limits = LIMITS[mode];
  }

  /** Whether a correction is under way. */
  get correcting(): boolean {
    return this.#correcting;
  }

  /** What to do about `errorMs` at local time `nowMs`. */
  decide(errorMs: number, nowMs: number): Correction {
    const limits = this.#limits;
    const sizeMs = Math.abs(errorMs);
    if (sizeMs < (this.#correcting ? limits.settledMs : limits.deadBandMs)) {
      this.#correcting = false;
      if (nowMs - this.#movedAtMs > FORGIVEN_AFTER_MS) this.#moves = 0;
      return this.#trim(errorMs);
    }
    this.#correcting = true;
    this.#trimming = false;
    if (sizeMs > limits.firmMs && this.#mayMove(nowMs)) {
      this.#movedAtMs = nowMs;
      this.#moves += 1;
      return { kind: 'move' };
    }
    const most = sizeMs <= limits.gentleMs ? limits.gentleRate : limits.firmRate;
    const change = Math.max(-most, Math.min(most, -errorMs / limits.horizonMs));
    return { kind: 'rate', rate: 1 + change };
  }

  /** Below hearing, but two devices that are each a little off add up. */
  #trim(errorMs: number): Correction {
    const { trimAboveMs, trimRate } = this.#limits;
    this.#trimming = Math.abs(errorMs) > (this.#trimming ? trimAboveMs / 4 : trimAboveMs);
    if (!this.#trimming) return { kind: 'hold' };
    return { kind: 'rate', rate: 1 - Math.sign(errorMs) * trimRate };
  }

  #mayMove(nowMs: number): boolean {
    const waitMs = Math.min(
      MOVE_INTERVAL_MS_MAX,
      this.#limits.moveIntervalMs * 2 ** Math.max(0, this.#moves - 1)
    );
    return nowMs - this.#movedAtMs >= waitMs;
  }
}
