/**
 * What the engine says about itself, and how often.
 */
import type { Following } from './deck';
import type { ErrorSample, ListeningStatus } from './status';
import type { Time } from './time';

/** While the state stays the same, its numbers are told this often at most. */
const NUMBERS_INTERVAL_MS = 500;
const ERRORS_MAX = 600;
const ERRORS_WINDOW_MS = 75_000;

function sameState(a: ListeningStatus, b: ListeningStatus): boolean {
  if (a.state !== b.state) return false;
  switch (a.state) {
    case 'idle':
      return b.state === 'idle' && a.reason === b.reason;
    case 'loading':
      return b.state === 'loading' && a.entryId === b.entryId;
    case 'in-step':
    case 'correcting':
      return b.state === a.state && a.mode === b.mode;
    case 'unplayable':
      return b.state === 'unplayable' && a.entryId === b.entryId && a.reason === b.reason;
    case 'offline':
      return b.state === 'offline' && a.sounding === b.sounding;
    default:
      return true;
  }
}

function hasNumbers(status: ListeningStatus): boolean {
  return ['loading', 'counting-in', 'in-step', 'correcting'].includes(status.state);
}

/** What else there is to know beside how a deck fares. */
export interface Circumstances {
  entryId: number;
  /** Position of the nest; negative during a count-in. */
  positionMs: number;
  /** Whether the server is out of reach. */
  away: boolean;
  /** Whether the browser still wants a gesture. */
  locked: boolean;
  /** Whether the last status said that the nest is heard. */
  audible: boolean;
}

/** The status of an engine whose nest plays; null when there is nothing new to tell. */
export function statusOf(following: Following, circumstances: Circumstances): ListeningStatus | null {
  const { entryId, positionMs, away, locked, audible } = circumstances;
  switch (following.kind) {
    case 'unplayable':
      return { state: 'unplayable', entryId, reason: following.reason };
    case 'blocked':
      return { state: 'needs-gesture' };
    case 'loading':
      if (locked) return { state: 'needs-gesture' };
      if (away || following.trouble) return { state: 'offline', sounding: false };
      return { state: 'loading', entryId, progress: following.progress };
    case 'stalled':
      return away ? { state: 'offline', sounding: false } : { state: 'buffering' };
    case 'placed':
      if (positionMs < 0) return { state: 'counting-in', startsInMs: -positionMs };
      return audible ? null : { state: 'loading', entryId, progress: 1 };
    case 'sounding':
      if (away) return { state: 'offline', sounding: true };
      return {
        state: following.correcting ? 'correcting' : 'in-step',
        errorMs: following.errorMs,
        mode: following.mode
      };
  }
}

/** Tells a listener what is new, without chatter. */
export class StatusTeller {
  #time: Time;
  #listener: (status: ListeningStatus) => void;
  #status: ListeningStatus = { state: 'idle', reason: 'stopped' };
  #toldAtMs = -Infinity;

  constructor(time: Time, listener: (status: ListeningStatus) => void) {
    this.#time = time;
    this.#listener = listener;
  }

  /** The newest status, told or not. */
  get status(): ListeningStatus {
    return this.#status;
  }

  /** Whether the newest status says that the nest is heard. */
  get audible(): boolean {
    const { state } = this.#status;
    return (
      state === 'in-step' ||
      state === 'correcting' ||
      (this.#status as { sounding?: boolean }).sounding === true
    );
  }

  tell(status: ListeningStatus): void {
    const same = sameState(this.#status, status);
    const now = this.#time.now();
    this.#status = status;
    if (same && !(hasNumbers(status) && now - this.#toldAtMs >= NUMBERS_INTERVAL_MS)) return;
    this.#toldAtMs = now;
    this.#listener(status);
  }
}

/** The errors of the last minute or so. */
export class ErrorHistory {
  #samples: ErrorSample[] = [];

  add(atMs: number, errorMs: number): void {
    this.#samples.push({ atMs, errorMs });
    const since = atMs - ERRORS_WINDOW_MS;
    const first = this.#samples.findIndex((sample) => sample.atMs >= since);
    const surplus = Math.max(first, this.#samples.length - ERRORS_MAX);
    if (surplus > 0) this.#samples.splice(0, surplus);
  }

  samples(): ErrorSample[] {
    return [...this.#samples];
  }
}
