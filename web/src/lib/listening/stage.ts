/**
 * The audio of this page: one AudioContext, the media elements, and their unlocking by a gesture.
 *
 * While open, a silent element plays in a loop. It makes lock screens and media keys see the page (Web Audio alone does
 * not), keeps phones from stopping the page in the background, and makes iOS play although its ring switch is off.
 */
import { BufferOutput } from './buffer-output';
import type { BufferStage } from './buffer-output';
import { ElementOutput, elementCostsFirst } from './element-output';
import type { Output } from './output';
import { SoundingClock } from './sounding-clock';
import type { Surroundings } from './surroundings';
import type { Cancel } from './time';

/** Elements that can be in use at once: two tracks, each perhaps twice while changing over. */
const ELEMENTS_MAX = 4;
/** A context that a gesture has resumed runs within this time. */
const RESUME_TIMEOUT_MS = 600;
const RESUME_INTERVAL_MS = 1_000;

/** Opens and closes the audio of the page and makes outputs. */
export class Stage {
  #surroundings: Surroundings;
  #onChange: () => void;
  #shared: BufferStage | null = null;
  #costs = elementCostsFirst();
  #free: HTMLAudioElement[] = [];
  #keepAlive: HTMLAudioElement | null = null;
  #silenceUrl: string | null = null;
  #resumedAtMs = -Infinity;
  #unlisten: Cancel = () => {};

  /** `onChange` is told when the context starts or stops running. */
  constructor(surroundings: Surroundings, onChange: () => void) {
    this.#surroundings = surroundings;
    this.#onChange = onChange;
  }

  /** Unlocks sound; call it within a gesture. Resolves to whether sound may be made. */
  async open(): Promise<boolean> {
    if (!this.#shared) this.#openContext();
    this.#unlockElements();
    const context = this.#shared?.context;
    if (!context) return true;
    if (context.state === 'running') return true;
    const resumed = context.resume().then(
      () => true,
      () => false
    );
    let cancel: Cancel = () => {};
    const timeout = new Promise<boolean>((resolve) => {
      cancel = this.#surroundings.time.after(RESUME_TIMEOUT_MS, () => resolve(false));
    });
    await Promise.race([resumed, timeout]);
    cancel();
    return this.running;
  }

  /** Whether Web Audio sounds. */
  get running(): boolean {
    return this.#shared?.context.state === 'running';
  }

  /** The context while open; null without Web Audio. */
  get context(): AudioContext | null {
    return this.#shared?.context ?? null;
  }

  /** Whether there is Web Audio at all. */
  get hasContext(): boolean {
    return this.#shared !== null;
  }

  /** Frames a second of the context; 0 without one. */
  get sampleRate(): number {
    return this.#shared?.context.sampleRate ?? 0;
  }

  /** Call it on every tick: measures what is heard, and wakes a context that the system put to sleep. */
  measure(): void {
    const shared = this.#shared;
    if (!shared) return;
    const now = this.#surroundings.time.now();
    if (this.running) {
      shared.sounding.measure(now);
    } else if (now - this.#resumedAtMs > RESUME_INTERVAL_MS) {
      this.#resumedAtMs = now;
      shared.context.resume().catch(() => {});
    }
    if (this.#keepAlive?.paused) this.#keepAlive.play().catch(() => {});
  }

  /** Whether it is known what is heard when. */
  get measured(): boolean {
    return this.running && this.#shared?.sounding.ready === true;
  }

  /** From rendering to hearing, in milliseconds. */
  get outputLatencyMs(): number | null {
    return this.running && this.#shared
      ? this.#shared.sounding.latencyMs(this.#surroundings.time.now())
      : null;
  }

  /** An output that decodes the track whole; null without Web Audio. */
  bufferOutput(url: string, volume: number, inPieces = false): Output | null {
    return this.#shared ? new BufferOutput(this.#shared, this.#surroundings, url, volume, inPieces) : null;
  }

  /** An output that streams the track. */
  elementOutput(url: string, volume: number): Output {
    const element = this.#free.pop() ?? this.#surroundings.createElement();
    return new ElementOutput(element, this.#surroundings.time, this.#costs, url, volume, () => {
      if (this.#shared && this.#free.length < ELEMENTS_MAX) this.#free.push(element);
    });
  }

  /**
   * Lets go of the context and the elements. The silent one stays, paused, so that the system's play key still finds
   * the page. `open` begins anew.
   */
  close(): void {
    this.#unlisten();
    const shared = this.#shared;
    this.#shared = null;
    this.#free = [];
    this.#keepAlive?.pause();
    // After the last ramp.
    if (shared) {
      this.#surroundings.time.after(50, () => void shared.context.close().catch(() => {}));
    }
  }

  /** `close()`, for good. */
  dispose(): void {
    this.close();
    this.#keepAlive?.removeAttribute('src');
    this.#keepAlive = null;
    if (this.#silenceUrl) this.#surroundings.releaseSilence(this.#silenceUrl);
    this.#silenceUrl = null;
  }

  #openContext(): void {
    const context = this.#surroundings.createContext();
    if (!context) return;
    const sounding = new SoundingClock(context, this.#surroundings.safari);
    const changed = () => {
      sounding.reset();
      this.#onChange();
    };
    context.addEventListener('statechange', changed);
    this.#unlisten = () => context.removeEventListener('statechange', changed);
    this.#shared = { context, sounding };
  }

  /** iOS lets an element play later only if it has played within a gesture. */
  #unlockElements(): void {
    this.#silenceUrl ??= this.#surroundings.createSilence();
    while (this.#free.length < 2) this.#free.push(this.#surroundings.createElement());
    for (const element of this.#free) {
      element.src = this.#silenceUrl;
      element.play().then(
        () => {
          if (element.src === this.#silenceUrl) element.pause();
        },
        () => {}
      );
    }
    if (!this.#keepAlive) {
      this.#keepAlive = this.#surroundings.createElement();
      this.#keepAlive.loop = true;
      this.#keepAlive.src = this.#silenceUrl;
    }
    this.#keepAlive.play().catch(() => {});
  }
}
