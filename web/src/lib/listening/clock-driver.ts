/**
 * Keeps a `ClockModel` fed: bursts of questions at the start, after every interruption, and now and then.
 *
 * Not here: what a sample means (`clock.ts`) and how a question travels (the caller's `ask`).
 */
import { ClockModel } from './clock';
import type { ClockAnswer } from './status';
import type { Cancel, Time } from './time';

const PROBE_SPACING_MS = 50;
const FIRST_BURST_PROBES = 12;
const BURST_PROBES = 8;
const BURST_INTERVAL_MS = 10_000;
/** An answer later than this is given up; the samples it would give are worthless anyway. */
const ANSWER_TIMEOUT_MS = 3_000;
const RETRY_MS_MAX = 8_000;
/** Wall clock and monotonic clock parting by more than this means sleep, or somebody set the clock: ask again. */
const PARTING_MS = 250;

/** What a driver needs. */
export interface ClockDriverOptions {
  time: Time;
  ask(): Promise<ClockAnswer>;
  /** The first estimate is there, the estimate began anew, or the server fell silent or answers again. */
  onChange(): void;
}

/** Asks the server's clock as often as needed. */
export class ClockDriver {
  readonly model = new ClockModel();
  #options: ClockDriverOptions;
  #running = false;
  #timer: Cancel | null = null;
  #failures = 0;
  /** Rises with every burst; what an overtaken burst still gets is taken in, but it plans nothing. */
  #burst = 0;
  #lastPartingMs: number | null = null;

  constructor(options: ClockDriverOptions) {
    this.#options = options;
  }

  /** Whether the last questions went unanswered. */
  get silent(): boolean {
    return this.#failures >= 2;
  }

  /** Begins asking; harmless when running. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#lastPartingMs = null;
    this.#begin(FIRST_BURST_PROBES);
  }

  /** Stops asking. The estimate stays. */
  stop(): void {
    this.#running = false;
    this.#burst += 1;
    this.#timer?.();
    this.#timer = null;
  }

  /** Asks a burst now: after a reconnect, a wake-up, a change of network. */
  probeNow(): void {
    if (this.#running) this.#begin(FIRST_BURST_PROBES);
  }

  /** Looks whether the device slept or its clock was set, and asks anew if so. Call it often; it is cheap. */
  watch(): boolean {
    const { time } = this.#options;
    const partingMs = time.wall() - time.now();
    const parted = this.#lastPartingMs !== null && Math.abs(partingMs - this.#lastPartingMs) > PARTING_MS;
    // Compared from look to look: slow slewing of the wall clock must not add up to a false alarm.
    this.#lastPartingMs = partingMs;
    if (parted) this.probeNow();
    return parted;
  }

  #begin(probes: number): void {
    this.#timer?.();
    this.#burst += 1;
    this.#probe(this.#burst, probes);
  }

  #probe(burst: number, left: number): void {
    const { time } = this.#options;
    // Questions go out on a beat and are not waited for: a slow answer must not stretch the burst.
    void this.#ask().then((answered) => {
      if (answered || burst !== this.#burst || !this.#running) return;
      this.#timer?.();
      this.#burst += 1;
      const retryMs = Math.min(RETRY_MS_MAX, 250 * 2 ** Math.min(this.#failures, 6));
      this.#timer = time.after(retryMs, () => this.#begin(BURST_PROBES));
    });
    this.#timer =
      left > 1
        ? time.after(PROBE_SPACING_MS, () => this.#probe(burst, left - 1))
        : time.after(BURST_INTERVAL_MS, () => this.#begin(BURST_PROBES));
  }

  async #ask(): Promise<boolean> {
    const { time, ask, onChange } = this.#options;
    const wasReady = this.model.ready;
    const wasSilent = this.silent;
    const sentMs = time.now();
    let cancelTimeout: Cancel = () => {};
    const timeout = new Promise<null>((resolve) => {
      cancelTimeout = time.after(ANSWER_TIMEOUT_MS, () => resolve(null));
    });
    // The time is read the moment the answer is here, before anything else may run.
    const answer = await Promise.race([
      ask().then(
        (value) => ({ value, receivedMs: time.now() }),
        () => null
      ),
      timeout
    ]);
    cancelTimeout();
    if (!answer) {
      this.#failures += 1;
      if (this.silent !== wasSilent) onChange();
      return false;
    }
    this.#failures = 0;
    const restarted = this.model.add({
      sentMs,
      receivedMs: answer.receivedMs,
      serverReceivedMs: answer.value.received_us / 1000,
      serverSentMs: answer.value.sent_us / 1000
    });
    if (restarted || wasReady !== this.model.ready || wasSilent !== this.silent) onChange();
    return true;
  }
}
