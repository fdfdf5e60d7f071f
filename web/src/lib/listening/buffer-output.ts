/**
 * A track decoded whole and placed on the sample by Web Audio.
 *
 * Every move starts another source node and fades the old one out under it; a source's position is a chain of
 * segments of constant rate, in context time. What is heard when is the business of `SoundingClock`.
 */
import { fetchTrack } from './fetch-track';
import { RAMP_S, Undecodable } from './output';
import type { Output, PrepareOptions } from './output';
import type { SoundingClock } from './sounding-clock';
import type { Surroundings } from './surroundings';

/** What all buffer outputs share. */
export interface BufferStage {
  context: AudioContext;
  sounding: SoundingClock;
}

/** Sources are asked to start this far ahead of what is rendered, or the first block would come late. */
const LEAD_S = 0.03;
/** A rate takes effect this far ahead, so that the moment it does so is known. */
const RATE_LEAD_S = 0.04;
/** Remembered segments: enough for what is rendered but not yet heard. */
const SEGMENTS_MAX = 8;

interface Segment {
  atS: number;
  positionS: number;
  rate: number;
}

/** One source node and its fade. */
class Voice {
  readonly source: AudioBufferSourceNode;
  readonly gain: GainNode;
  readonly segments: Segment[];
  readonly startS: number;

  constructor(stage: BufferStage, buffer: AudioBuffer, into: AudioNode, first: Segment) {
    this.startS = first.atS;
    this.segments = [first];
    this.gain = stage.context.createGain();
    this.source = stage.context.createBufferSource();
    this.source.buffer = buffer;
    this.source.connect(this.gain).connect(into);
    // A beginning is as the artist made it; an entry in the middle would click.
    if (first.positionS > 0) {
      this.gain.gain.setValueAtTime(0, 0);
      this.gain.gain.setValueAtTime(0, first.atS);
      this.gain.gain.linearRampToValueAtTime(1, first.atS + RAMP_S);
    }
    this.source.onended = () => {
      this.source.disconnect();
      this.gain.disconnect();
    };
    this.source.start(first.atS, first.positionS);
  }

  get rate(): number {
    return this.segments.at(-1)?.rate ?? 1;
  }

  positionAt(contextS: number): number | null {
    const segment = this.segments.findLast((held) => held.atS <= contextS);
    return segment ? segment.positionS + (contextS - segment.atS) * segment.rate : null;
  }

  /** Context time of a position, going on as now. */
  contextOf(positionS: number): number {
    const last = this.segments.at(-1) as Segment;
    return last.atS + (positionS - last.positionS) / last.rate;
  }

  setRate(rate: number, atS: number): void {
    const from = Math.max(atS, this.startS);
    const positionS = this.positionAt(from);
    if (positionS === null || from <= (this.segments.at(-1) as Segment).atS) return;
    this.source.playbackRate.setValueAtTime(rate, from);
    this.segments.push({ atS: from, positionS, rate });
    if (this.segments.length > SEGMENTS_MAX) this.segments.shift();
  }

  /** Ends at a context time: cut there (a track's own end), or faded from there. */
  end(atS: number, fade: boolean): void {
    if (fade && atS > this.startS) {
      this.gain.gain.cancelScheduledValues(atS);
      this.gain.gain.setValueAtTime(1, atS);
      this.gain.gain.linearRampToValueAtTime(0, atS + RAMP_S);
      this.source.stop(atS + RAMP_S);
    } else {
      this.source.stop(Math.max(atS, 0));
    }
  }
}

/** A track through Web Audio. */
export class BufferOutput implements Output {
  readonly mode = 'buffer';
  readonly stalled = false;
  readonly blocked = false;
  #stage: BufferStage;
  #surroundings: Surroundings;
  #url: string;
  #inPieces: boolean;
  #volume: GainNode;
  #buffer: AudioBuffer | null = null;
  #voice: Voice | null = null;
  #untilS = Infinity;
  #hurry: () => void = () => {};

  /** `inPieces`: `url` is where the server names the place of the pieces. */
  constructor(stage: BufferStage, surroundings: Surroundings, url: string, volume: number, inPieces = false) {
    this.#stage = stage;
    this.#surroundings = surroundings;
    this.#url = url;
    this.#inPieces = inPieces;
    this.#volume = stage.context.createGain();
    this.#volume.gain.value = volume;
    this.#volume.connect(stage.context.destination);
  }

  async prepare(options: PrepareOptions): Promise<void> {
    const get = this.#inPieces ? (await import('./pieces')).fetchPieces : fetchTrack;
    const bytes = await get(this.#url, {
      ...options,
      surroundings: this.#surroundings,
      onHurry: (hurry) => {
        this.#hurry = hurry;
      }
    });
    let buffer: AudioBuffer;
    try {
      buffer = await this.#stage.context.decodeAudioData(bytes);
    } catch {
      options.signal.throwIfAborted();
      throw new Undecodable('This browser cannot decode the file.');
    }
    options.signal.throwIfAborted();
    if (buffer.length === 0) throw new Undecodable('The file holds no sound.');
    this.#buffer = buffer;
  }

  get decodedBytes(): number {
    return this.#buffer ? this.#buffer.length * this.#buffer.numberOfChannels * 4 : 0;
  }

  get lengthMs(): number | null {
    return this.#buffer ? this.#buffer.duration * 1000 : null;
  }

  get playing(): boolean {
    return this.#voice !== null && this.#stage.context.currentTime < this.#untilS;
  }

  playAt(zeroMs: number, untilMs: number): void {
    const { context, sounding } = this.#stage;
    const buffer = this.#buffer;
    if (!buffer) return;
    const zeroS = sounding.contextAt(zeroMs);
    const startS = this.#onFrame(Math.max(zeroS, context.currentTime + LEAD_S));
    const positionS = zeroS >= startS - 0.5 / context.sampleRate ? 0 : this.#onFrame(startS - zeroS);
    const before = this.#voice;
    this.#voice = null;
    // What sounds gives way where the new one begins; if that lies ahead, at once.
    const imminent = startS - context.currentTime < 2 * LEAD_S;
    before?.end(imminent ? startS : context.currentTime, context.currentTime > before.startS);
    if (positionS < buffer.duration) {
      this.#voice = new Voice(this.#stage, buffer, this.#volume, { atS: startS, positionS, rate: 1 });
      this.endAt(untilMs);
    }
  }

  endAt(untilMs: number): void {
    if (!this.#voice) return;
    const untilS = this.#onFrame(this.#stage.sounding.contextAt(untilMs));
    this.#untilS = Math.max(this.#voice.startS, untilS);
    this.#voice.end(this.#untilS, false);
  }

  pause(): void {
    const voice = this.#voice;
    if (!voice) return;
    const now = this.#stage.context.currentTime;
    this.#voice = null;
    voice.end(now, now > voice.startS);
  }

  position(localMs: number): number | null {
    const heardS = this.#stage.sounding.contextAt(localMs);
    // What is heard may still be the voice before a move; correcting on that would correct twice.
    if (!this.#voice || heardS < this.#voice.startS) return null;
    if (heardS > this.#untilS) return null;
    const positionS = this.#voice.positionAt(heardS);
    return positionS === null ? null : positionS * 1000;
  }

  heardAt(positionMs: number): number | null {
    if (!this.#voice) return null;
    return this.#stage.sounding.localAt(this.#voice.contextOf(positionMs / 1000));
  }

  get rate(): number {
    return this.#voice?.rate ?? 1;
  }

  set rate(rate: number) {
    if (!this.#voice || rate === this.#voice.rate) return;
    this.#voice.setRate(rate, this.#stage.context.currentTime + RATE_LEAD_S);
  }

  hurry(): void {
    this.#hurry();
  }

  setVolume(volume: number): void {
    const gain = this.#volume.gain;
    const now = this.#stage.context.currentTime;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(volume, now + RAMP_S);
  }

  dispose(): void {
    this.pause();
    this.#buffer = null;
    const volume = this.#volume;
    this.#surroundings.time.after(500, () => volume.disconnect());
  }

  /** Between two samples a browser interpolates, which dulls the treble: all moves are by whole samples. */
  #onFrame(seconds: number): number {
    const rate = this.#stage.context.sampleRate;
    return Math.round(seconds * rate) / rate;
  }
}
