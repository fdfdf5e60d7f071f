/**
 * What the engine takes and what it tells: the nest as it must know it, its status, its diagnostics.
 *
 * The shapes of the nest are the part of the network contract that listening needs; the full types fit them as they are.
 */

/** The clock of what is playing, as the server says it. */
export type Playback = { state: 'running'; started_at_ms: number } | { state: 'paused'; position_ms: number };

/** What the engine must know of a track. */
export interface PlayableTrack {
  id: string;
  /** Length by the server, which decides when the next track begins. */
  duration_ms: number;
  /** Where the sound is served: ranges, immutable. */
  stream_url: string;
  /** Where the server says in which pieces a service gives it, if decoding it whole needs that. */
  pieces_url?: string;
}

/** A queue entry, as far as listening goes. */
export interface ListeningEntry {
  id: number;
  track: PlayableTrack;
}

/** What the nest plays and what it will play next. Give it again, whole, whenever anything of it changed. */
export interface ListeningNest {
  /** `NestState.playing`. */
  playing?: { entry: ListeningEntry; playback: Playback } | null;
  /** `NestState.queue[0]`: prepared early and started on the sample where the playing track ends. */
  next?: ListeningEntry | null;
}

/** The answer to the `clock` question, as the server gives it. */
export interface ClockAnswer {
  /** When the server read the question: microseconds since 1970 by its clock. */
  received_us: number;
  /** When it wrote the answer. */
  sent_us: number;
}

/**
 * How sound comes out: `buffer` = decoded ahead and placed on the sample by Web Audio; `element` = an `<audio>`
 * element steered by its rate, for long files, formats only it decodes, and phones that put Web Audio to sleep.
 */
export type OutputMode = 'buffer' | 'element';

/** Why there is nothing to hear although all is well. */
export type IdleReason =
  /** `start()` was not called, or `stop()` was. */
  | 'stopped'
  /** The nest plays nothing. */
  | 'nothing-playing'
  /** The nest is paused. */
  | 'paused'
  /** The track is over and the server has not said what comes. */
  | 'between-tracks';

/** What the engine is doing now. Errors: positive = this device is ahead of the nest. */
export type ListeningStatus =
  | { state: 'idle'; reason: IdleReason }
  /** The browser wants a tap or key press first: offer a button that calls `start()`. */
  | { state: 'needs-gesture' }
  /** The server's clock is not known yet. */
  | { state: 'waiting-clock' }
  /** `progress` from 0 to 1; null while the size is unknown. */
  | { state: 'loading'; entryId: number; progress: number | null }
  /** It starts in `startsInMs` (count-in). */
  | { state: 'counting-in'; startsInMs: number }
  | { state: 'in-step'; errorMs: number; mode: OutputMode }
  /** Audible, and being brought back by rate or by a splice. */
  | { state: 'correcting'; errorMs: number; mode: OutputMode }
  /** The element ran dry and waits for data. */
  | { state: 'buffering' }
  /** This track cannot be heard here; the next one is joined in time. */
  | { state: 'unplayable'; entryId: number; reason: string }
  /** The server is out of reach; `sounding` says whether what was loaded still plays. */
  | { state: 'offline'; sounding: boolean };

/** One measurement of how far this device was from the nest. */
export interface ErrorSample {
  /** Local time. */
  atMs: number;
  /** Positive = ahead of the nest. */
  errorMs: number;
}

/** How well the server's clock is known. */
export interface ClockDiagnostics {
  /** Server milliseconds since 1970 minus local milliseconds, now. */
  offsetMs: number;
  /** By how much the server's clock runs faster than this device's, in parts per million. */
  skewPpm: number;
  /** Smallest round trip of the window. */
  roundTripMs: number;
  /** The estimate is at most this wrong, however unequal the two ways are. */
  errorBoundMs: number;
  /** Samples in the window. */
  sampleCount: number;
  /** How often the estimate was thrown away because a clock had jumped. */
  restartCount: number;
}

/** A snapshot for tests and for the "how far off am I" panel. */
export interface Diagnostics {
  status: ListeningStatus;
  clock: ClockDiagnostics | null;
  /** The delay between rendering a sample and hearing it that is being compensated; null when nothing sounds through Web Audio. */
  outputLatencyMs: number | null;
  nudgeMs: number;
  mode: OutputMode | null;
  /** Now sounding: entry, position heard now, rate. */
  sounding: { entryId: number; positionMs: number; rate: number } | null;
  /** The last minute or so, oldest first; at most 600. */
  errors: ErrorSample[];
  /** How often sound had to be moved by a splice or a seek since `start()`. */
  spliceCount: number;
  /** Bytes of decoded sound held. */
  decodedBytes: number;
}
