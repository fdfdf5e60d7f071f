/**
 * A track through an `<audio>` element: streamed, steered by its playback rate with the pitch kept.
 *
 * The element's `currentTime` is noisy, so the position is the median of several looks at "media time minus elapsed
 * time". A seek lands late by an amount that differs from device to device; it is learned.
 */
import { RAMP_S, Undecodable } from './output';
import type { Output, PrepareOptions } from './output';
import type { Cancel, Time } from './time';

/** What a device needs to get going; learned by every element for all of them. */
export interface ElementCosts {
  /** A seek while playing: how much of the track is missed. */
  seekMs: number;
  /** From `play()` to sound. */
  startMs: number;
}

const COST_MS_MAX = 1_500;
/** How much of what one start teaches is believed. */
const LEARNING_RATE = 0.6;
const LOOKS_MAX = 7;
/** Looks closer together than this say the same thing twice. */
const LOOK_INTERVAL_MS = 40;
/** After a seek or a start, `currentTime` is not believed for this long. */
const SETTLE_MS = 350;
const RAMP_STEPS = 4;
const NETWORK_RETRY_MS = 1_000;

/** `HTMLMediaElement.HAVE_FUTURE_DATA`. */
const HAVE_FUTURE_DATA = 3;
/** `MediaError.MEDIA_ERR_NETWORK`. */
const NETWORK_ERROR = 2;

/** Costs before anything was learned: about what desktop browsers need. */
export const elementCostsFirst = (): ElementCosts => ({ seekMs: 90, startMs: 90 });

/** A track through a media element, which is the caller's to reuse after `dispose`. */
export class ElementOutput implements Output {
  readonly mode = 'element';
  readonly decodedBytes = 0;
  #element: HTMLAudioElement;
  #time: Time;
  #url: string;
  #volume: number;
  #shown = 0;
  #playing = false;
  #blocked = false;
  #rate = 1;
  /** Media milliseconds minus elapsed rate-weighted milliseconds, newest last. */
  #looks: number[] = [];
  #lookedAtMs = -Infinity;
  /** Rate-weighted elapsed time up to `#rateSinceMs`. */
  #elapsedMs = 0;
  #rateSinceMs = 0;
  #settledAtMs = Infinity;
  #wantedZeroMs = 0;
  #costs: ElementCosts;
  #learning: keyof ElementCosts | null = null;
  #timers: { start: Cancel | null; end: Cancel | null; ramp: Cancel | null; retry: Cancel | null } = {
    start: null,
    end: null,
    ramp: null,
    retry: null
  };
  #release: () => void;
  #unlisten: Cancel = () => {};

  constructor(
    element: HTMLAudioElement,
    time: Time,
    costs: ElementCosts,
    url: string,
    volume: number,
    release: () => void
  ) {
    this.#costs = costs;
    this.#element = element;
    this.#time = time;
    this.#url = url;
    this.#volume = volume;
    this.#release = release;
  }

  prepare(options: PrepareOptions): Promise<void> {
    const element = this.#element;
    element.preload = 'auto';
    element.preservesPitch = true;
    element.volume = 0;
    element.src = this.#url;
    return new Promise((resolve, reject) => {
      const ready = () => {
        options.onTrouble(false);
        resolve();
      };
      const progress = () => options.onProgress(null);
      const failed = () => {
        // A network failure passes; anything else means the bytes are not for this browser.
        if (element.error?.code !== NETWORK_ERROR) {
          reject(new Undecodable('This browser cannot play the file.'));
          return;
        }
        options.onTrouble(true);
        this.#timers.retry?.();
        this.#timers.retry = this.#time.after(NETWORK_RETRY_MS, () => this.#reload());
      };
      const settle = () => this.#settle();
      const listeners = [
        ['canplay', ready],
        ['progress', progress],
        ['error', failed],
        ['seeked', settle],
        ['playing', settle]
      ] as const;
      for (const [event, listener] of listeners) element.addEventListener(event, listener);
      this.#unlisten = () => {
        for (const [event, listener] of listeners) element.removeEventListener(event, listener);
      };
      options.signal.addEventListener('abort', () => reject(options.signal.reason), { once: true });
      element.load();
    });
  }

  get lengthMs(): number | null {
    const { duration } = this.#element;
    return Number.isFinite(duration) ? duration * 1000 : null;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  get stalled(): boolean {
    return this.#playing && !this.#element.ended && this.#element.readyState < HAVE_FUTURE_DATA;
  }

  playAt(zeroMs: number, untilMs: number): void {
    this.#playing = true;
    this.#wantedZeroMs = zeroMs;
    this.endAt(untilMs);
    this.#timers.start?.();
    this.#timers.start = null;
    const aheadMs = zeroMs - this.#time.now();
    if (aheadMs > this.#costs.startMs) {
      this.#looks = [];
      this.#settledAtMs = Infinity;
      this.#ramp(0, () => {
        this.#element.pause();
        if (this.#element.currentTime !== 0) this.#element.currentTime = 0;
      });
      this.#timers.start = this.#time.after(aheadMs - this.#costs.startMs, () => this.#begin(false));
    } else {
      this.#begin(true);
    }
  }

  endAt(untilMs: number): void {
    this.#timers.end?.();
    this.#timers.end = this.#time.after(Math.max(0, untilMs - this.#time.now()), () => this.pause());
  }

  pause(): void {
    this.#timers.start?.();
    this.#timers.end?.();
    this.#playing = false;
    this.#looks = [];
    this.#settledAtMs = Infinity;
    this.#ramp(0, () => this.#element.pause());
  }

  position(localMs: number): number | null {
    const now = this.#time.now();
    const element = this.#element;
    if (!this.#playing || element.paused || element.seeking || this.stalled) return null;
    if (now < this.#settledAtMs) return null;
    if (now - this.#lookedAtMs >= LOOK_INTERVAL_MS) {
      this.#lookedAtMs = now;
      this.#looks.push(element.currentTime * 1000 - this.#elapsed(now));
      if (this.#looks.length > LOOKS_MAX) this.#looks.shift();
    }
    if (this.#looks.length < 3) return null;
    const sorted = [...this.#looks].sort((a, b) => a - b);
    const position = (sorted[sorted.length >> 1] as number) + this.#elapsed(localMs);
    if (this.#learning) this.#learn(this.#learning, position - (localMs - this.#wantedZeroMs));
    return position;
  }

  heardAt(): number | null {
    return null;
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    if (rate === this.#rate) return;
    const now = this.#time.now();
    this.#elapsedMs = this.#elapsed(now);
    this.#rateSinceMs = now;
    this.#rate = rate;
    this.#element.playbackRate = rate;
  }

  hurry(): void {
    if (this.#element.error) this.#reload();
  }

  setVolume(volume: number): void {
    this.#volume = volume;
    if (this.#playing) this.#ramp(volume);
  }

  dispose(): void {
    this.#unlisten();
    this.#timers.retry?.();
    this.pause();
    // Only after the ramp: taking the source away cuts the sound.
    this.#time.after(RAMP_S * 2_000, () => {
      this.#element.removeAttribute('src');
      this.#element.load();
      this.#release();
    });
  }

  #begin(midTrack: boolean): void {
    const element = this.#element;
    this.rate = 1;
    this.#looks = [];
    this.#settledAtMs = Infinity;
    this.#learning = midTrack ? 'seekMs' : 'startMs';
    if (midTrack) {
      const targetMs = this.#time.now() - this.#wantedZeroMs + this.#costs.seekMs;
      element.currentTime = Math.max(0, targetMs) / 1000;
    }
    this.#ramp(this.#volume);
    element.play().then(
      () => {
        this.#blocked = false;
        this.#settle();
      },
      (error: DOMException) => {
        if (error.name === 'NotAllowedError') this.#blocked = true;
      }
    );
  }

  #settle(): void {
    this.#looks = [];
    this.#settledAtMs = this.#time.now() + SETTLE_MS;
  }

  /** What is left of an error after a start or a seek belongs to its cost. */
  #learn(cost: keyof ElementCosts, errorMs: number): void {
    this.#learning = null;
    const learned = this.#costs[cost] - errorMs * LEARNING_RATE;
    this.#costs[cost] = Math.max(0, Math.min(COST_MS_MAX, learned));
  }

  #elapsed(localMs: number): number {
    return this.#elapsedMs + (localMs - this.#rateSinceMs) * this.#rate;
  }

  #reload(): void {
    this.#timers.retry?.();
    this.#element.load();
    if (this.#playing) this.#begin(true);
  }

  #ramp(to: number, then?: () => void): void {
    this.#timers.ramp?.();
    const from = this.#shown;
    const step = (number: number) => {
      this.#shown = from + ((to - from) * number) / RAMP_STEPS;
      this.#element.volume = Math.max(0, Math.min(1, this.#shown));
      if (number === RAMP_STEPS) {
        then?.();
        return;
      }
      this.#timers.ramp = this.#time.after((RAMP_S * 1000) / RAMP_STEPS, () => step(number + 1));
    };
    step(from === to ? RAMP_STEPS : 1);
  }
}
