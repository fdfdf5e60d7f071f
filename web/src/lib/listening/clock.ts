/**
 * What time it is at the server, from timestamped questions and answers.
 *
 * A sample cannot lie by more than half its round trip, whatever the network does: that is the error bound, and it is
 * how a jump of either clock is noticed. Within that, samples of small round trip are believed most (the delay above
 * the smallest one seen is the noise), and a line through them gives offset and skew.
 *
 * Pure: no timers, no network; those are in `clock-driver.ts`.
 */

/** One question and its answer. */
export interface ClockSample {
  /** Local time when the question left. */
  sentMs: number;
  /** Local time when the answer was here. */
  receivedMs: number;
  /** Server time when it read the question, milliseconds since 1970. */
  serverReceivedMs: number;
  /** Server time when it wrote the answer. */
  serverSentMs: number;
}

/** The state of the estimate at a local time. */
export interface ClockEstimate {
  /** Server minus local, in milliseconds. */
  offsetMs: number;
  /** Server's rate above the local one, parts per million. */
  skewPpm: number;
  /** The offset is at most this wrong. */
  errorBoundMs: number;
  /** Smallest round trip in the window. */
  roundTripMs: number;
  sampleCount: number;
}

/** Samples older than this are forgotten. */
const WINDOW_MS = 300_000;
/** One sample, the quickest, is kept of each such stretch of time. */
const BUCKET_MS = 5_000;
/** Two computers' clocks rarely differ by more than this; the estimate of skew leans on it until it knows better. */
const SKEW_EXPECTED_PPM = 40;
/** How much a skew changes within the window; what makes old samples weigh less. */
const WANDER_PPM = 4;
/** Beyond this a skew is no crystal but a fault; clamped. */
const SKEW_PPM_MAX = 500;
/** Timestamps are this coarse (browsers round `performance.now()` to 0.1 ms or 1 ms). */
const RESOLUTION_MS = 0.1;
/** What a sample may contradict the model by, beyond half its round trip, before it counts as disagreement. */
const DISAGREEMENT_MS = 2;
/** So many samples in a row must disagree before the model starts again. */
const DISAGREEMENTS_MAX = 2;

interface Point {
  /** Local midpoint of the exchange. */
  atMs: number;
  offsetMs: number;
  roundTripMs: number;
}

interface Line {
  /** The line is `offsetMs + skew * (t - originMs)`. */
  originMs: number;
  offsetMs: number;
  skew: number;
}

function pointOf(sample: ClockSample): Point | null {
  const roundTripMs = sample.receivedMs - sample.sentMs - (sample.serverSentMs - sample.serverReceivedMs);
  const there = sample.serverReceivedMs - sample.sentMs;
  const back = sample.serverSentMs - sample.receivedMs;
  const offsetMs = (there + back) / 2;
  const plausible =
    Number.isFinite(offsetMs) &&
    Number.isFinite(roundTripMs) &&
    roundTripMs >= -RESOLUTION_MS * 2 &&
    sample.serverSentMs >= sample.serverReceivedMs;
  if (!plausible) return null;
  return {
    atMs: (sample.sentMs + sample.receivedMs) / 2,
    offsetMs,
    roundTripMs: Math.max(roundTripMs, 0)
  };
}

/** Estimates the server's clock. */
export class ClockModel {
  #points: Point[] = [];
  #line: Line | null = null;
  #disagreeing: Point[] = [];
  #restarts = 0;

  /** How often all was forgotten because a clock had jumped. */
  get restartCount(): number {
    return this.#restarts;
  }

  /** Whether there is an estimate. */
  get ready(): boolean {
    return this.#line !== null;
  }

  /** Takes a sample in. Returns whether the clocks turned out to have jumped, so that the estimate began anew. */
  add(sample: ClockSample): boolean {
    const point = pointOf(sample);
    if (!point) return false;
    if (this.#contradicts(point)) {
      this.#disagreeing.push(point);
      if (this.#disagreeing.length < DISAGREEMENTS_MAX) return false;
      this.#points = [];
      for (const held of this.#disagreeing) this.#keep(held);
      this.#disagreeing = [];
      this.#restarts += 1;
      this.#fit(point.atMs);
      return true;
    }
    this.#disagreeing = [];
    this.#keep(point);
    this.#fit(point.atMs);
    return false;
  }

  /** Server time at a local time, in milliseconds since 1970; null before the first sample. */
  serverAt(localMs: number): number | null {
    return this.#line ? localMs + this.#offsetAt(this.#line, localMs) : null;
  }

  /** Local time at which the server's clock shows `serverMs`; null before the first sample. */
  localAt(serverMs: number): number | null {
    const line = this.#line;
    if (!line) return null;
    return line.originMs + (serverMs - line.offsetMs - line.originMs) / (1 + line.skew);
  }

  /** Everything known at a local time; null before the first sample. */
  estimate(localMs: number): ClockEstimate | null {
    const line = this.#line;
    if (!line) return null;
    const offsetMs = this.#offsetAt(line, localMs);
    let boundMs = Infinity;
    let roundTripMs = Infinity;
    for (const point of this.#points) {
      const ageMs = Math.abs(localMs - point.atMs);
      const unknownMs =
        point.roundTripMs / 2 +
        Math.abs(this.#offsetAt(line, point.atMs) - point.offsetMs) +
        (ageMs * SKEW_EXPECTED_PPM) / 1e6;
      boundMs = Math.min(boundMs, unknownMs);
      roundTripMs = Math.min(roundTripMs, point.roundTripMs);
    }
    return {
      offsetMs,
      skewPpm: line.skew * 1e6,
      errorBoundMs: boundMs + RESOLUTION_MS,
      roundTripMs,
      sampleCount: this.#points.length
    };
  }

  /** Forgets everything, as after a change of server. */
  reset(): void {
    this.#points = [];
    this.#disagreeing = [];
    this.#line = null;
  }

  #offsetAt(line: Line, localMs: number): number {
    return line.offsetMs + line.skew * (localMs - line.originMs);
  }

  /** A sample whose true offset, anywhere within half its round trip, cannot be what the model says. */
  #contradicts(point: Point): boolean {
    if (!this.#line) return false;
    const newest = this.#points.at(-1);
    const gapMs = newest ? Math.max(0, point.atMs - newest.atMs) : 0;
    const bestMs = Math.min(...this.#points.map((held) => held.roundTripMs / 2));
    const toleranceMs =
      point.roundTripMs / 2 + bestMs + DISAGREEMENT_MS + (gapMs * SKEW_EXPECTED_PPM * 5) / 1e6;
    return Math.abs(point.offsetMs - this.#offsetAt(this.#line, point.atMs)) > toleranceMs;
  }

  #keep(point: Point): void {
    const bucket = Math.floor(point.atMs / BUCKET_MS);
    const same = this.#points.findIndex((held) => Math.floor(held.atMs / BUCKET_MS) === bucket);
    if (same >= 0) {
      const held = this.#points[same];
      if (held && point.roundTripMs <= held.roundTripMs) this.#points[same] = point;
    } else {
      this.#points.push(point);
    }
    this.#points = this.#points.filter((held) => point.atMs - held.atMs <= WINDOW_MS);
  }

  /** Weighted least squares for offset and skew, with "skew is near 0" as one more observation. */
  #fit(nowMs: number): void {
    const quickestMs = Math.min(...this.#points.map((point) => point.roundTripMs));
    let sumW = 0;
    let sumT = 0;
    let sumO = 0;
    const weighted = this.#points.map((point) => {
      // The excess of a round trip is delay that may sit on one side.
      const excessMs = (point.roundTripMs - quickestMs) / 2;
      const wanderMs = ((nowMs - point.atMs) * WANDER_PPM) / 1e6;
      const deviationMs = RESOLUTION_MS + excessMs + wanderMs;
      const weight = 1 / (deviationMs * deviationMs);
      sumW += weight;
      sumT += weight * (point.atMs - nowMs);
      sumO += weight * (point.offsetMs - (this.#points[0]?.offsetMs ?? 0));
      return { point, weight };
    });
    const baseMs = this.#points[0]?.offsetMs ?? 0;
    const meanT = sumT / sumW;
    const meanO = sumO / sumW;
    let covariance = 0;
    let variance = 0;
    for (const { point, weight } of weighted) {
      const dt = point.atMs - nowMs - meanT;
      covariance += weight * dt * (point.offsetMs - baseMs - meanO);
      variance += weight * dt * dt;
    }
    const prior = 1 / (SKEW_EXPECTED_PPM / 1e6) ** 2;
    const limit = SKEW_PPM_MAX / 1e6;
    const skew = Math.max(-limit, Math.min(limit, covariance / (variance + prior)));
    this.#line = { originMs: nowMs, offsetMs: baseMs + meanO - skew * meanT, skew };
  }
}
