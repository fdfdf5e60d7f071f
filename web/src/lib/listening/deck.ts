/**
 * One entry of the nest on this device: loads its track, picks the output, and keeps it in step.
 *
 * The way of first choice is to decode the track whole. While that takes its time, and while a phone has put Web Audio
 * to sleep, an element carries the sound as a bridge.
 */
import { Corrector } from './correction';
import { TrackRefused } from './fetch-track';
import { Undecodable } from './output';
import type { Output } from './output';
import type { Stage } from './stage';
import type { ListeningEntry, OutputMode } from './status';
import type { Surroundings } from './surroundings';

/** How following goes. */
export type Following =
  | { kind: 'loading'; progress: number | null; trouble: boolean }
  /** Placed, but not heard yet: a start in the future, or a move on its way. */
  | { kind: 'placed' }
  | { kind: 'sounding'; errorMs: number; correcting: boolean; mode: OutputMode }
  | { kind: 'stalled' }
  | { kind: 'blocked' }
  | { kind: 'unplayable'; reason: string };

/** Sound that is wanted now and not decoded after this long comes from an element meanwhile. */
const BRIDGE_AFTER_MS = 1_200;
/** While Web Audio does not run at all, decoding is of no use: only a context about to wake is waited for. */
const BRIDGE_AFTER_ASLEEP_MS = 250;
/** In the last moments before its start a track is not placed anew. */
const PLACED_FOR_GOOD_MS = 100;
/** A start that is placed this near its target stays. */
const PLACED_WELL_MS = 0.02;
/** The nest itself moved (a seek, a nudge, a clock set right) when the target shifts by more: move at once. */
const TARGET_SHIFT_MS = 25;
/** Decoded stereo, the usual case, takes so many bytes a frame. */
const BYTES_PER_FRAME = 8;

/** What a deck needs. */
export interface DeckOptions {
  stage: Stage;
  surroundings: Surroundings;
  volume: number;
  /** Loading went on or ended. */
  onChange(): void;
}

/** Plays one entry. */
export class Deck {
  readonly entry: ListeningEntry;
  #options: DeckOptions;
  #abort = new AbortController();
  #main: Output | null = null;
  #mainReady = false;
  #bridge: Output | null = null;
  #bridgeReady = false;
  /** Which of the two sounds, or is placed. */
  #sounding: Output | null = null;
  #corrector = new Corrector('buffer');
  #volume: number;
  #progress: number | null = null;
  #trouble = false;
  #reason: string | null = null;
  #wantedSinceMs: number | null = null;
  #zeroMs = NaN;
  #moves = 0;

  constructor(entry: ListeningEntry, options: DeckOptions) {
    this.entry = entry;
    this.#options = options;
    this.#volume = options.volume;
    void this.#load();
  }

  /** Whether this is the same entry with the same sound. */
  holds(entry: ListeningEntry): boolean {
    return this.entry.id === entry.id && this.entry.track.stream_url === entry.track.stream_url;
  }

  /** Whether it can sound at once. */
  get ready(): boolean {
    return this.#mainReady;
  }

  /** Why it cannot be heard here; null while it can. */
  get unplayable(): string | null {
    return this.#reason;
  }

  /** Bytes of decoded sound held. */
  get decodedBytes(): number {
    return this.#main?.decodedBytes ?? 0;
  }

  /** How often sound was moved by a splice or a seek. */
  get moveCount(): number {
    return this.#moves;
  }

  /** Mode, position and rate of what is heard. */
  sounding(nowMs: number): { mode: OutputMode; positionMs: number; rate: number } | null {
    const output = this.#sounding;
    const positionMs = output?.position(nowMs) ?? null;
    if (!output || positionMs === null) return null;
    return { mode: output.mode, positionMs, rate: output.rate };
  }

  /** When the end of the track will be heard if all goes on as it does; null while unknown. */
  get endsAtMs(): number | null {
    const output = this.#sounding;
    if (!output) return null;
    const durationMs = this.entry.track.duration_ms;
    const lengthMs = output.lengthMs ?? durationMs;
    // The announced length is in whole milliseconds; where it means the whole file, the last sample is the end.
    return output.heardAt(Math.abs(lengthMs - durationMs) < 1.5 ? lengthMs : durationMs);
  }

  /** Makes position 0 be heard at `zeroMs` (it may be past) and silence from `untilMs`. Call it on every tick. */
  follow(zeroMs: number, untilMs: number): Following {
    const now = this.#options.surroundings.time.now();
    if (this.#reason !== null) return { kind: 'unplayable', reason: this.#reason };
    const output = this.#choose(now, zeroMs);
    if (!output) return { kind: 'loading', progress: this.#progress, trouble: this.#trouble };
    if (output !== this.#sounding || !output.playing) {
      this.#takeOver(output, zeroMs, untilMs);
      return { kind: 'placed' };
    }
    if (output.blocked) return { kind: 'blocked' };
    if (output.stalled) return { kind: 'stalled' };
    if (zeroMs - now > 0) return this.#replace(output, zeroMs, untilMs, now);
    if (untilMs - now > PLACED_FOR_GOOD_MS) output.endAt(untilMs);
    return this.#steer(output, zeroMs, untilMs, now);
  }

  /** Silence; what is loaded is kept. */
  hold(): void {
    this.#sounding?.pause();
    this.#sounding = null;
    this.#wantedSinceMs = null;
  }

  /** Tries again at once what waits for the network. */
  hurry(): void {
    this.#main?.hurry();
    this.#bridge?.hurry();
  }

  /** From 0 to 1. */
  setVolume(volume: number): void {
    this.#volume = volume;
    this.#main?.setVolume(volume);
    this.#bridge?.setVolume(volume);
  }

  /** Silence within 10 ms; lets go of everything. */
  dispose(): void {
    this.#abort.abort();
    this.#main?.dispose();
    this.#bridge?.dispose();
    this.#main = null;
    this.#bridge = null;
    this.#sounding = null;
  }

  #steer(output: Output, zeroMs: number, untilMs: number, now: number): Following {
    const shifted = Math.abs(zeroMs - this.#zeroMs) > TARGET_SHIFT_MS;
    this.#zeroMs = zeroMs;
    if (shifted) {
      this.#move(output, zeroMs, untilMs);
      this.#corrector = new Corrector(output.mode);
      return { kind: 'placed' };
    }
    const positionMs = output.position(now);
    if (positionMs === null) return { kind: 'placed' };
    const errorMs = positionMs - (now - zeroMs);
    const correction = this.#corrector.decide(errorMs, now);
    if (correction.kind === 'move') this.#move(output, zeroMs, untilMs);
    else output.rate = correction.kind === 'rate' ? correction.rate : 1;
    return { kind: 'sounding', errorMs, correcting: this.#corrector.correcting, mode: output.mode };
  }

  #move(output: Output, zeroMs: number, untilMs: number): void {
    this.#moves += 1;
    output.playAt(zeroMs, untilMs);
  }

  /** It waits for its start: keeps the place right while what is heard when is still being learned. */
  #replace(output: Output, zeroMs: number, untilMs: number, now: number): Following {
    const placedMs = output.heardAt(0) ?? this.#zeroMs;
    const off = Math.abs(placedMs - zeroMs) > PLACED_WELL_MS;
    if (off && zeroMs - now > PLACED_FOR_GOOD_MS) output.playAt(zeroMs, untilMs);
    else output.endAt(untilMs);
    this.#zeroMs = zeroMs;
    return { kind: 'placed' };
  }

  #takeOver(output: Output, zeroMs: number, untilMs: number): void {
    const before = this.#sounding;
    this.#sounding = output;
    this.#zeroMs = zeroMs;
    this.#corrector = new Corrector(output.mode);
    output.playAt(zeroMs, untilMs);
    if (!before || before === output) return;
    before.pause();
    if (before === this.#bridge) this.#dropBridge();
  }

  /** The output that can sound now; asks for a bridge when none can and one is wanted. */
  #choose(now: number, zeroMs: number): Output | null {
    const { stage } = this.#options;
    const main = this.#mainReady ? this.#main : null;
    if (main && (main.mode === 'element' || stage.measured)) {
      this.#wantedSinceMs = null;
      return main;
    }
    if (zeroMs > now) return null;
    this.#wantedSinceMs ??= now;
    const late = now - this.#wantedSinceMs > (stage.running ? BRIDGE_AFTER_MS : BRIDGE_AFTER_ASLEEP_MS);
    const another = !this.#main || this.#main.mode === 'buffer';
    if (late && another && !this.#bridge) void this.#build();
    return this.#bridgeReady ? this.#bridge : null;
  }

  async #build(): Promise<void> {
    const bridge = this.#options.stage.elementOutput(this.entry.track.stream_url, this.#volume);
    this.#bridge = bridge;
    try {
      await bridge.prepare({
        signal: this.#abort.signal,
        onProgress: () => {},
        onTrouble: () => {}
      });
      if (this.#bridge === bridge) this.#bridgeReady = true;
      this.#options.onChange();
    } catch {
      // The main way says what is wrong with the track; a bridge is only a convenience. It is not tried twice.
      if (this.#bridge === bridge) bridge.pause();
    }
  }

  #dropBridge(): void {
    this.#bridge?.dispose();
    this.#bridge = null;
    this.#bridgeReady = false;
  }

  async #load(): Promise<void> {
    const { stage } = this.#options;
    const { stream_url: url, pieces_url: pieces } = this.entry.track;
    const buffer = this.#fits()
      ? stage.bufferOutput(pieces ?? url, this.#volume, pieces !== undefined)
      : null;
    if (buffer && (await this.#prepare(buffer))) return;
    if (this.#abort.signal.aborted || this.#reason !== null) return;
    await this.#prepare(stage.elementOutput(url, this.#volume));
  }

  /** Whether the output is ready; if not, the reason is kept when there is no other way. */
  async #prepare(output: Output): Promise<boolean> {
    const { onChange } = this.#options;
    this.#main = output;
    try {
      await output.prepare({
        signal: this.#abort.signal,
        onProgress: (progress) => {
          this.#progress = progress;
        },
        onTrouble: (trouble) => {
          this.#trouble = trouble;
        }
      });
      this.#mainReady = true;
      onChange();
      return true;
    } catch (error) {
      if (this.#abort.signal.aborted) return false;
      this.#main = null;
      output.dispose();
      const another = output.mode === 'buffer' && !(error instanceof TrackRefused);
      if (!another) {
        const told = error instanceof TrackRefused || error instanceof Undecodable;
        this.#reason = told ? error.message : 'The track could not be loaded.';
        this.#dropBridge();
      }
      onChange();
      return false;
    }
  }

  #fits(): boolean {
    const { stage, surroundings } = this.#options;
    const frames = (this.entry.track.duration_ms / 1000) * stage.sampleRate;
    return frames * BYTES_PER_FRAME <= surroundings.decodedBytesMax;
  }
}
