/**
 * The one class the interface of the product talks to.
 */
import type { ClockAnswer, Diagnostics, ListeningNest, ListeningStatus } from './status';

/** The largest nudge, either way, in milliseconds. */
export const NUDGE_MS_MAX = 500;

/** What the engine needs from its surroundings. */
export interface ListeningOptions {
	/** Asks the server's clock; rejects when it cannot be asked. May take long: the engine gives up waiting by itself. */
	askClock(): Promise<ClockAnswer>;
	/** Told about every change; errors of a steady `in-step` are told at most twice a second. */
	onStatus?(status: ListeningStatus): void;
}

/** Plays a nest on this device, in step with everybody else. */
export declare class ListeningEngine {
	constructor(options: ListeningOptions);
	/** Starts listening. Call it from a tap or a key press: it unlocks sound. Calling it again is harmless (retries). */
	start(): Promise<void>;
	/** Silence within 10 ms; lets go of audio, network and memory. `start()` begins again. */
	stop(): void;
	/** `stop()`, for good: also takes every listener back. */
	dispose(): void;
	/** Says what the nest plays and what comes next. Cheap; call it on every change. null: no nest. */
	update(nest: ListeningNest | null): void;
	/** Says whether the socket is up. A reconnect asks the clock anew and retries what had failed. */
	setConnected(connected: boolean): void;
	/** Loudness from 0 to 1, ramped over 10 ms. Where the system owns the volume (iOS) an element ignores it. */
	setVolume(volume: number): void;
	/** Silences without stopping: still in step when unmuted. */
	setMuted(muted: boolean): void;
	/** Makes the sound come earlier (positive) or later, for delays no browser knows of, such as Bluetooth; clamped to ±500 ms, remembered on this device. */
	setNudge(nudgeMs: number): void;
	/** The nudge of this device. */
	readonly nudgeMs: number;
	/** What it is doing now; the same that `onStatus` was last told. */
	readonly status: ListeningStatus;
	/** The server's time now in milliseconds since 1970, null while unknown. For progress bars: works before `start()`. */
	serverNow(): number | null;
	/** Numbers for tests and for the panel. */
	diagnostics(): Diagnostics;
}
