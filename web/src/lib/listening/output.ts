/**
 * One track on its way to the loudspeaker, whichever way that is.
 */
import type { OutputMode } from './status';

/** The track cannot be played by this output: its bytes are not what it decodes. */
export class Undecodable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Undecodable';
  }
}

/** How loading goes. */
export interface PrepareOptions {
  /** Aborting ends loading; `prepare` then rejects. */
  signal: AbortSignal;
  /** From 0 to 1; null while unknown. */
  onProgress(progress: number | null): void;
  /** Whether the network is failing. */
  onTrouble(trouble: boolean): void;
}

/** One track. Local times; positions in milliseconds of the track. */
export interface Output {
  readonly mode: OutputMode;
  /**
   * Loads until `playAt` can sound at once.
   *
   * Rejects with `Undecodable`, `TrackRefused`, or an `AbortError`.
   */
  prepare(options: PrepareOptions): Promise<void>;
  /**
   * Makes position 0 be heard at `zeroMs`, which may be past, and silence from `untilMs`. While sounding: moves there
   * with a crossfade of 10 ms.
   */
  playAt(zeroMs: number, untilMs: number): void;
  /** Moves the silence that `playAt` announced; the position stays. */
  endAt(untilMs: number): void;
  /** Silence, by a ramp of 10 ms. `playAt` sounds again. */
  pause(): void;
  /** Whether `playAt` was called and neither `pause` nor the end came since. */
  readonly playing: boolean;
  /** The position heard at a local time near now; null while nothing is heard or a move is still on its way. */
  position(localMs: number): number | null;
  /** When a position will be heard, going on as now; null as above. */
  heardAt(positionMs: number): number | null;
  /** Length of the sound itself, exactly; null while unknown. */
  readonly lengthMs: number | null;
  /** 1 is the track's own pace. */
  rate: number;
  /** It should sound but waits for data. */
  readonly stalled: boolean;
  /** The browser refused to sound without a gesture. */
  readonly blocked: boolean;
  /** Tries again at once what waits for the network. */
  hurry(): void;
  /** From 0 to 1, by a ramp of 10 ms. */
  setVolume(volume: number): void;
  /** Bytes of decoded sound held. */
  readonly decodedBytes: number;
  /** Silence within 10 ms; lets go of everything. */
  dispose(): void;
}

/** Every change of loudness takes this long, so that nothing clicks. */
export const RAMP_S = 0.01;
