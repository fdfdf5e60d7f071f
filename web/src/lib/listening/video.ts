/**
 * Keeps YouTube's player in the page in step with the nest, by the messages of its IFrame API. It has no rate that could be
 * steered finely and tells its position only now and then, so that it is set anew where it is off, and left alone where it
 * is nearly right. Not here: the frame itself, and the clock of the server.
 */

/** What the player should do now. */
export type Wanted = { kind: 'play'; positionMs: number } | { kind: 'pause'; positionMs: number };

/** How it fares. `forbidden`: whoever made the video does not let it be played elsewhere. */
export type VideoStatus =
  | { kind: 'loading' }
  | { kind: 'in-step'; errorMs: number }
  | { kind: 'paused' }
  /** It plays an advertisement, or waits for its network. */
  | { kind: 'waiting' }
  /** The browser lets it play only after a press in the player. */
  | { kind: 'needs-gesture' }
  | { kind: 'forbidden' }
  | { kind: 'gone' }
  | { kind: 'failed' };

/** What the player is told. */
export type Command =
  | { func: 'playVideo' | 'pauseVideo' | 'mute' | 'unMute'; args: [] }
  | { func: 'seekTo'; args: [seconds: number, allowSeekAhead: boolean] }
  | { func: 'setVolume'; args: [percent: number] };

/** A position this far off is set anew. */
const OFF_MS_MAX = 350;
/** After it was set, the player is left alone for this long. */
const SETTLE_MS = 4_000;
/** A player that was told to play and stands still for this long shows an advertisement or waits. */
const STANDS_STILL_MS = 2_500;
/** One that has not even begun by then wants a press. */
const UNSTARTED_MS = 4_000;
/** How much of the error after a seek is taken as its cost the next time. */
const LEARNING_RATE = 0.6;
const COST_MS_MAX = 2_000;

/** The player's own numbers of its states. */
const UNSTARTED = -1;
const PLAYING = 1;
const CUED = 5;
/** Errors that the player tells. */
const FORBIDDEN = new Set([101, 150, 153]);
const GONE = 100;

/** One video in one player. Local times in milliseconds. */
export class VideoFollower {
  status: VideoStatus = { kind: 'loading' };
  readonly #now: () => number;
  readonly #send: (command: Command) => void;
  #ready = false;
  #state = UNSTARTED;
  /** What the player last said, and when. */
  #said: { positionMs: number; atMs: number } | null = null;
  #movedAtMs = -Infinity;
  #setAtMs = -Infinity;
  #askedAtMs: number | null = null;
  #costMs = 150;
  #learning = false;

  constructor(now: () => number, send: (command: Command) => void) {
    this.#now = now;
    this.#send = send;
  }

  /** Whether the player answers. */
  get ready(): boolean {
    return this.#ready;
  }

  /** Takes in a message of the player; anything else is passed over. */
  hear(data: unknown): void {
    const message = read(data);
    if (message === null) return;
    const { event, info } = message;
    if (event === 'onError') return this.#fail(Number(info));
    if (event === 'onReady' || event === 'initialDelivery' || event === 'infoDelivery') this.#ready = true;
    if (event === 'onStateChange' && typeof info === 'number') this.#state = info;
    if (typeof info !== 'object' || info === null) return;
    const { currentTime, playerState } = info as { currentTime?: unknown; playerState?: unknown };
    if (typeof playerState === 'number') this.#state = playerState;
    if (typeof currentTime === 'number') this.#place(currentTime * 1000);
  }

  /** Makes the player follow. Call it a few times a second. */
  follow(wanted: Wanted): void {
    if (['forbidden', 'gone', 'failed'].includes(this.status.kind)) return;
    if (!this.#ready) {
      this.status = { kind: 'loading' };
      return;
    }
    if (wanted.kind === 'pause') this.#pause();
    else this.#play(wanted.positionMs);
  }

  #pause(): void {
    this.#askedAtMs = null;
    if (this.#state === PLAYING) this.#send({ func: 'pauseVideo', args: [] });
    this.status = { kind: 'paused' };
  }

  #play(wantedMs: number): void {
    const now = this.#now();
    if (this.#askedAtMs === null) {
      this.#askedAtMs = now;
      this.#set(wantedMs, now);
      this.#send({ func: 'playVideo', args: [] });
      this.status = { kind: 'loading' };
      return;
    }
    if (this.#state !== PLAYING || this.#said === null) {
      this.#wait(now);
      return;
    }
    const positionMs = this.#said.positionMs + (now - this.#said.atMs);
    if (now - this.#movedAtMs > STANDS_STILL_MS) {
      this.status = { kind: 'waiting' };
      return;
    }
    const errorMs = positionMs - wantedMs;
    if (this.#learning && this.#said.atMs > this.#setAtMs) {
      this.#learning = false;
      if (Math.abs(errorMs) < COST_MS_MAX) {
        this.#costMs = Math.min(COST_MS_MAX, Math.max(0, this.#costMs - errorMs * LEARNING_RATE));
      }
    }
    if (Math.abs(errorMs) > OFF_MS_MAX && now - this.#setAtMs > SETTLE_MS) this.#set(wantedMs, now);
    this.status = { kind: 'in-step', errorMs };
  }

  #wait(now: number): void {
    const since = now - (this.#askedAtMs ?? now);
    const begun = this.#state !== UNSTARTED && this.#state !== CUED;
    if (begun) {
      // Somebody pressed pause in the player, or its network is slow: the nest plays on.
      if (this.#state === 2 && now - this.#setAtMs > SETTLE_MS) {
        this.#setAtMs = now;
        this.#send({ func: 'playVideo', args: [] });
      }
      this.status = { kind: 'waiting' };
    } else this.status = { kind: since > UNSTARTED_MS ? 'needs-gesture' : 'loading' };
  }

  #set(wantedMs: number, now: number): void {
    this.#setAtMs = now;
    this.#movedAtMs = now;
    this.#learning = true;
    this.#send({ func: 'seekTo', args: [Math.max(0, wantedMs + this.#costMs) / 1000, true] });
  }

  /** The player repeats itself while it stands still. */
  #place(positionMs: number): void {
    const now = this.#now();
    if (this.#said === null || Math.abs(positionMs - this.#said.positionMs) > 1) this.#movedAtMs = now;
    this.#said = { positionMs, atMs: now };
  }

  #fail(code: number): void {
    if (FORBIDDEN.has(code)) this.status = { kind: 'forbidden' };
    else this.status = { kind: code === GONE ? 'gone' : 'failed' };
  }
}

function read(data: unknown): { event: string; info: unknown } | null {
  try {
    const message = (typeof data === 'string' ? JSON.parse(data) : data) as { event?: unknown; info?: unknown };
    return typeof message?.event === 'string' ? { event: message.event, info: message.info } : null;
  } catch {
    // Other frames and extensions write to windows as they like.
    return null;
  }
}
