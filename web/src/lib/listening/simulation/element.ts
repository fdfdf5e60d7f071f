/**
 * An `<audio>` element without sound. Only what the engine uses is here.
 */
import type { SimulatedTime } from './time';

/** What the element can find under a URL. */
export type Lookup = (url: string) => { seconds: number; playable: boolean } | 'unreachable' | null;

/** The element. */
export class SimulatedElement extends EventTarget {
  loop = false;
  preload = '';
  preservesPitch = false;
  volume = 1;
  paused = true;
  seeking = false;
  readyState = 0;
  error: { code: number } | null = null;
  /** How long a seek keeps the sound away. */
  seekMs = 70;
  unlocked = true;
  #src = '';
  #time: SimulatedTime;
  #lookup: Lookup;
  #positionMs = 0;
  #sinceMs = 0;
  #rate = 1;

  constructor(time: SimulatedTime, lookup: Lookup) {
    super();
    this.#time = time;
    this.#lookup = lookup;
  }

  get src(): string {
    return this.#src;
  }

  set src(url: string) {
    this.#src = url;
    this.load();
  }

  get duration(): number {
    const found = this.#lookup(this.#src);
    return found && found !== 'unreachable' ? found.seconds : NaN;
  }

  get ended(): boolean {
    return this.currentTime >= this.duration;
  }

  get currentTime(): number {
    const running = !this.paused && !this.seeking && this.readyState >= 3;
    const elapsedMs = running ? (this.#time.now() - this.#sinceMs) * this.#rate : 0;
    return (this.#positionMs + elapsedMs) / 1000;
  }

  set currentTime(seconds: number) {
    this.#positionMs = seconds * 1000;
    this.seeking = true;
    this.#time.after(this.seekMs, () => {
      this.#sinceMs = this.#time.now();
      this.seeking = false;
      this.dispatchEvent(new Event('seeked'));
    });
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.#hold();
    this.#rate = rate;
  }

  removeAttribute(): void {
    this.#src = '';
  }

  load(): void {
    this.#hold();
    this.paused = true;
    this.#positionMs = 0;
    this.readyState = 0;
    this.error = null;
    const url = this.#src;
    if (url === '') return;
    this.#time.after(30, () => {
      if (url !== this.#src) return;
      const found = this.#lookup(url);
      if (found && found !== 'unreachable' && found.playable) {
        this.#sinceMs = this.#time.now();
        this.readyState = 4;
        this.dispatchEvent(new Event('canplay'));
      } else {
        this.error = { code: found === 'unreachable' ? 2 : 4 };
        this.dispatchEvent(new Event('error'));
      }
    });
  }

  async play(): Promise<void> {
    if (!this.unlocked) throw new DOMException('not allowed', 'NotAllowedError');
    if (!this.paused) return;
    this.paused = false;
    this.#sinceMs = this.#time.now();
    this.dispatchEvent(new Event('playing'));
  }

  pause(): void {
    this.#hold();
    this.paused = true;
  }

  #hold(): void {
    this.#positionMs = this.currentTime * 1000;
    this.#sinceMs = this.#time.now();
  }
}
