/**
 * A Web Audio context without sound: it remembers what it was asked to play, so that a test can say what is heard.
 *
 * Only what the engine uses is here. Context time passes with local time, minus under-runs, and is heard later.
 */
import type { SimulatedTime } from './time';

interface GainEvent {
  atS: number;
  value: number;
  ramp: boolean;
}

class SimulatedParam {
  events: GainEvent[] = [];
  #value: number;

  constructor(value: number) {
    this.#value = value;
  }

  get value(): number {
    return this.events.at(-1)?.value ?? this.#value;
  }

  set value(value: number) {
    this.#value = value;
  }

  setValueAtTime(value: number, atS: number): void {
    this.events.push({ atS, value, ramp: false });
  }

  linearRampToValueAtTime(value: number, atS: number): void {
    this.events.push({ atS, value, ramp: true });
  }

  cancelScheduledValues(fromS: number): void {
    this.events = this.events.filter((event) => event.atS < fromS);
  }

  at(contextS: number): number {
    const events = [...this.events].sort((a, b) => a.atS - b.atS);
    let value = this.#value;
    let sinceS = 0;
    for (const event of events) {
      if (event.atS > contextS) {
        if (!event.ramp) return value;
        return value + ((event.value - value) * (contextS - sinceS)) / (event.atS - sinceS);
      }
      value = event.value;
      sinceS = event.atS;
    }
    return value;
  }
}

class SimulatedNode {
  target: SimulatedNode | null = null;
  context: SimulatedContext;

  constructor(context: SimulatedContext) {
    this.context = context;
  }

  connect(target: SimulatedNode): SimulatedNode {
    this.target = target;
    this.context.connected.add(this);
    return target;
  }

  disconnect(): void {
    this.target = null;
    this.context.connected.delete(this);
  }
}

class SimulatedGain extends SimulatedNode {
  readonly gain = new SimulatedParam(1);
}

class SimulatedSource extends SimulatedNode {
  buffer: { url: string; duration: number } | null = null;
  onended: (() => void) | null = null;
  readonly playbackRate = new SimulatedParam(1);
  startS = Infinity;
  stopS = Infinity;
  #offsetS = 0;

  start(atS: number, offsetS: number): void {
    if (atS < this.context.currentTime) this.context.lateStarts += 1;
    this.startS = Math.max(atS, this.context.currentTime);
    this.#offsetS = offsetS;
    this.context.sources.push(this);
  }

  stop(atS: number): void {
    this.stopS = Math.max(atS, this.context.currentTime);
  }

  /** Position in seconds at a context time; null when silent. */
  positionAt(contextS: number): number | null {
    if (!this.buffer || contextS < this.startS || contextS >= this.stopS) return null;
    let positionS = this.#offsetS;
    let atS = this.startS;
    let rate = 1;
    for (const event of this.playbackRate.events) {
      if (event.atS >= contextS) break;
      positionS += (event.atS - atS) * rate;
      atS = event.atS;
      rate = event.value;
    }
    positionS += (contextS - atS) * rate;
    return positionS < this.buffer.duration ? positionS : null;
  }

  get over(): boolean {
    return this.context.currentTime > this.stopS;
  }
}

/** What is heard at one moment. */
export interface Heard {
  url: string;
  positionMs: number;
  gain: number;
}

/** The context. */
export class SimulatedContext extends EventTarget {
  state: 'suspended' | 'running' | 'closed' = 'suspended';
  readonly sampleRate = 48_000;
  readonly destination = new SimulatedNode(this);
  readonly connected = new Set<SimulatedNode>();
  sources: SimulatedSource[] = [];
  lateStarts = 0;
  /** Whether `resume` is allowed. */
  unlocked = true;
  latencyMs = 45;
  /** What one measurement of the output may be off by. */
  noise: () => number = () => 0;
  #time: SimulatedTime;
  /** Rendered time as a chain of pieces: from local time `atMs`, context time `contextS`, running or not. */
  #pieces: { atMs: number; contextS: number; running: boolean }[] = [];

  constructor(time: SimulatedTime) {
    super();
    this.#time = time;
    this.#pieces.push({ atMs: time.now(), contextS: 0, running: false });
  }

  get currentTime(): number {
    return this.#renderedAt(this.#time.now());
  }

  /** The loudspeaker starves for so long; what was due then comes later. */
  underrun(durationMs: number): void {
    this.#turn(false);
    this.#pieces.push({
      atMs: this.#time.now() + durationMs,
      contextS: this.#renderedAt(this.#time.now()),
      running: true
    });
  }

  async resume(): Promise<void> {
    if (!this.unlocked) return new Promise(() => {});
    if (this.state === 'running') return;
    this.state = 'running';
    this.#turn(true);
    this.dispatchEvent(new Event('statechange'));
  }

  /** The system takes the loudspeaker away, as phones do. */
  interrupt(): void {
    this.state = 'suspended';
    this.#turn(false);
    this.dispatchEvent(new Event('statechange'));
  }

  async close(): Promise<void> {
    this.state = 'closed';
    this.#turn(false);
  }

  getOutputTimestamp(): { contextTime: number; performanceTime: number } {
    const now = this.#time.now();
    return {
      contextTime: this.#renderedAt(now - this.latencyMs),
      performanceTime: now + this.noise()
    };
  }

  createGain(): SimulatedGain {
    return new SimulatedGain(this);
  }

  createBufferSource(): SimulatedSource {
    return new SimulatedSource(this);
  }

  async decodeAudioData(bytes: ArrayBuffer): Promise<object> {
    const track = JSON.parse(new TextDecoder().decode(bytes));
    if (!track.decodable) throw new DOMException('cannot decode', 'EncodingError');
    return {
      url: track.url,
      duration: track.seconds,
      length: Math.round(track.seconds * this.sampleRate),
      numberOfChannels: 2
    };
  }

  /** What is heard at a local time, loudest first. Silent parts are left out. */
  heardAt(localMs: number): Heard[] {
    const contextS = this.#renderedAt(localMs - this.latencyMs);
    const heard: Heard[] = [];
    for (const source of this.sources) {
      const positionS = source.positionAt(contextS);
      if (positionS === null || !source.buffer || !this.#runningAt(localMs - this.latencyMs)) continue;
      let gain = 1;
      for (let node = source.target; node && node !== this.destination; node = node.target) {
        gain *= (node as SimulatedGain).gain.at(contextS);
      }
      if (gain > 0) heard.push({ url: source.buffer.url, positionMs: positionS * 1000, gain });
    }
    return heard.sort((a, b) => b.gain - a.gain);
  }

  /** Ends what is over, as a browser would. Returns how many nodes are still connected. */
  collect(): number {
    for (const source of this.sources) if (source.over) source.onended?.();
    this.sources = this.sources.filter((source) => !source.over);
    return this.connected.size;
  }

  #turn(running: boolean): void {
    const now = this.#time.now();
    const contextS = this.#renderedAt(now);
    this.#pieces = this.#pieces.filter((piece) => piece.atMs <= now);
    this.#pieces.push({ atMs: now, contextS, running });
  }

  #pieceAt(localMs: number) {
    return this.#pieces.findLast((piece) => piece.atMs <= localMs);
  }

  #runningAt(localMs: number): boolean {
    return this.#pieceAt(localMs)?.running ?? false;
  }

  #renderedAt(localMs: number): number {
    const piece = this.#pieceAt(localMs);
    if (!piece) return 0;
    return piece.contextS + (piece.running ? (localMs - piece.atMs) / 1000 : 0);
  }
}
