/**
 * A browser and a server that the engine cannot tell from real ones, under simulated time.
 */
import { ListeningEngine } from '../engine';
import type { ListeningEntry, ListeningNest, ListeningStatus } from '../status';
import type { PageEvent, Surroundings } from '../surroundings';
import { SimulatedContext } from './audio';
import type { Heard } from './audio';
import { SimulatedElement } from './element';
import { SimulatedTime, chance } from './time';

interface SimulatedFile {
  seconds: number;
  /** Whether `decodeAudioData` can read it. */
  decodable: boolean;
  /** Whether an element can play it. */
  playable: boolean;
  /** HTTP status. */
  status: number;
  loadMs: number;
}

/** A device listening to a nest. */
export class Listener {
  readonly time = new SimulatedTime();
  readonly contexts: SimulatedContext[] = [];
  readonly elements: SimulatedElement[] = [];
  readonly statuses: ListeningStatus[] = [];
  readonly stored = new Map<string, string>();
  readonly files = new Map<string, SimulatedFile>();
  readonly engine: ListeningEngine;
  /** What the server's clock shows beyond true time. */
  serverAheadMs = 0;
  online = true;
  /** Whether sound may be made without a further gesture. */
  unlocked = true;
  /** Whether Web Audio wakes at all: on a device without an output it never does, whatever is tapped. */
  contextWakes = true;
  hasWebAudio = true;
  openFetches = 0;
  fetchCount = 0;
  clockQuestions = 0;
  #random = chance(7);
  #pageListeners = new Set<(event: PageEvent) => void>();

  constructor(options: Partial<Surroundings> = {}) {
    this.engine = new ListeningEngine({
      askClock: () => this.#answerClock(),
      onStatus: (status) => this.statuses.push(status),
      surroundings: { ...this.#surroundings(), ...options }
    });
  }

  /** True server time. */
  get serverMs(): number {
    return this.time.trueMs + this.serverAheadMs;
  }

  get context(): SimulatedContext {
    return this.contexts.at(-1) as SimulatedContext;
  }

  /** An entry whose file exists. */
  entry(id: number, seconds: number, file: Partial<SimulatedFile> = {}): ListeningEntry {
    const url = `/stream/${id}`;
    this.files.set(url, {
      seconds,
      decodable: true,
      playable: true,
      status: 200,
      loadMs: 100,
      ...file
    });
    return { id, track: { id: `track-${id}`, duration_ms: seconds * 1000, stream_url: url } };
  }

  /** The nest plays `entry` since `started_at_ms` of the server. */
  running(entry: ListeningEntry, startedAtMs: number, next?: ListeningEntry): ListeningNest {
    return {
      playing: { entry, playback: { state: 'running', started_at_ms: startedAtMs } },
      next: next ?? null
    };
  }

  /** Something happens to the page. */
  page(event: PageEvent): void {
    for (const listener of this.#pageListeners) listener(event);
  }

  get pageListenerCount(): number {
    return this.#pageListeners.size;
  }

  /** What comes out of the loudspeaker now, loudest first. */
  heard(): Heard[] {
    const now = this.time.now();
    const elements = this.elements
      .filter((held) => !held.paused && !held.seeking && held.volume > 0 && held.src.startsWith('/'))
      .map((held) => ({
        url: held.src,
        positionMs: held.currentTime * 1000,
        gain: held.volume
      }));
    const buffers = this.contexts.length > 0 ? this.context.heardAt(now) : [];
    return [...buffers, ...elements].sort((a, b) => b.gain - a.gain);
  }

  /** How far the loudest sound is ahead of where the nest is; null in silence. */
  errorMs(startedAtMs: number, url?: string): number | null {
    const first = this.heard().find((held) => !url || held.url === url);
    return first ? first.positionMs - (this.serverMs - startedAtMs) : null;
  }

  async #answerClock() {
    this.clockQuestions += 1;
    if (!this.online) throw new Error('not connected');
    const ways = [2 + this.#random() * 3, 2 + this.#random() * 3];
    await this.#wait(ways[0] as number);
    const us = Math.round(this.serverMs * 1000);
    await this.#wait(ways[1] as number);
    return { received_us: us, sent_us: us };
  }

  #wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.time.after(durationMs, resolve));
  }

  #surroundings(): Surroundings {
    return {
      time: this.time,
      fetch: (url, init) => this.#fetch(url, init),
      createContext: () => {
        if (!this.hasWebAudio) return null;
        const context = new SimulatedContext(this.time);
        context.unlocked = this.unlocked && this.contextWakes;
        context.noise = () => (this.#random() - 0.5) * 0.4;
        this.contexts.push(context);
        return context as unknown as AudioContext;
      },
      createElement: () => {
        const element = new SimulatedElement(this.time, (url) => {
          if (url.startsWith('blob:')) return { seconds: 10, playable: true };
          if (!this.online) return 'unreachable';
          const file = this.files.get(url);
          return file && file.status === 200 ? file : null;
        });
        element.unlocked = this.unlocked;
        this.elements.push(element);
        return element as unknown as HTMLAudioElement;
      },
      createSilence: () => 'blob:silence',
      releaseSilence: () => {},
      storage: {
        getItem: (key) => this.stored.get(key) ?? null,
        setItem: (key, value) => void this.stored.set(key, value)
      },
      onPage: (listener) => {
        this.#pageListeners.add(listener);
        return () => this.#pageListeners.delete(listener);
      },
      safari: false,
      decodedBytesMax: 200 * 1024 * 1024,
      prepareEarly: true
    };
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const file = this.files.get(url);
    this.fetchCount += 1;
    this.openFetches += 1;
    let aborted = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        aborted = () => reject(init.signal?.reason);
        init.signal?.addEventListener('abort', aborted);
        this.time.after(file?.loadMs ?? 20, resolve);
      });
      if (!this.online) throw new TypeError('failed to fetch');
      if (!file || file.status !== 200) return new Response('', { status: file?.status ?? 404 });
      return new Response(JSON.stringify({ url, ...file }), { status: 200 });
    } finally {
      init.signal?.removeEventListener('abort', aborted);
      this.openFetches -= 1;
    }
  }
}
