import { ListeningEngine, type ListeningNest, type ListeningStatus } from '$lib/listening';
import type { ClockSample } from '$lib/api/types';
import { between, isBoolean, recall, remember } from '$lib/preferences';

/** This device's ears: whether it listens, how loud, and how well in step. */
export class Player {
  status: ListeningStatus = $state.raw({ state: 'idle', reason: 'stopped' });
  /** Whether the person wants to hear the nest on this device. */
  listening = $state(false);
  volume = $state(recall('volume', between(0, 1), 0.8));
  muted = $state(recall('muted', isBoolean, false));
  nudgeMs = $state(0);
  readonly #engine: ListeningEngine;

  constructor(askClock: () => Promise<ClockSample>) {
    this.#engine = new ListeningEngine({ askClock, onStatus: (status) => (this.status = status) });
    this.#engine.setVolume(this.volume);
    this.#engine.setMuted(this.muted);
    this.nudgeMs = this.#engine.nudgeMs;
  }

  /** Must be called from a tap or a key press. */
  toggle(): void {
    if (this.listening) this.stop();
    else this.start();
  }

  start(): void {
    this.listening = true;
    void this.#engine.start();
  }

  stop(): void {
    this.listening = false;
    this.#engine.stop();
  }

  setVolume(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    remember('volume', this.volume);
    this.#engine.setVolume(this.volume);
    if (this.muted && this.volume > 0) this.setMuted(false);
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    remember('muted', muted);
    this.#engine.setMuted(muted);
  }

  setNudge(nudgeMs: number): void {
    this.#engine.setNudge(nudgeMs);
    this.nudgeMs = this.#engine.nudgeMs;
  }

  update(nest: ListeningNest | null): void {
    this.#engine.update(nest);
  }

  setConnected(connected: boolean): void {
    this.#engine.setConnected(connected);
  }

  serverNow(): number | null {
    return this.#engine.serverNow();
  }

  diagnostics() {
    return this.#engine.diagnostics();
  }

  dispose(): void {
    this.#engine.dispose();
  }
}
