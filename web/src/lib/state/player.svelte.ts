import { loadSound } from '$lib/api/sound';
import { HornSpeaker, ListeningEngine, type ListeningStatus } from '$lib/listening';
import type { ClockSample, NestState } from '$lib/api/types';
import { audible, type Instead } from '$lib/elsewhere';
import type { VideoStatus } from '$lib/listening/video';
import type { HornOutput } from './horns.svelte';
import { between, isBoolean, recall, remember } from '$lib/preferences';

const VOLUME = 0.8;
/** How loud horns are beside the music. */
const HORN_SHARE = 0.4;

/** A video that is heard for a song, its own or in place of another service's. */
export interface Video {
  trackId: string;
  id: string;
  instead: boolean;
}

/** This device's ears: whether it listens, how loud, and how well in step. */
export class Player {
  status: ListeningStatus = $state.raw({ state: 'idle', reason: 'stopped' });
  /** Whether the person wants to hear the nest on this device. */
  listening = $state(false);
  volume = $state(recall('volume', between(0, 1), VOLUME));
  muted = $state(recall('muted', isBoolean, false));
  nudgeMs = $state(0);
  /** Whether this device is as loud as the room should be. */
  followsRoom = $state(recall('followsRoom', isBoolean, false));
  /** The video that plays beside the engine, and how it fares. */
  video: Video | null = $state.raw(null);
  videoStatus: VideoStatus | null = $state.raw(null);
  /** The song of the library that is heard in place of another service's. */
  instead: Instead | null = $state.raw(null);
  readonly horns: HornOutput;
  readonly #engine: ListeningEngine;
  #room: number | null = null;
  #nest: Pick<NestState, 'playing' | 'queue'> | null = null;

  constructor(askClock: () => Promise<ClockSample>) {
    this.#engine = new ListeningEngine({ askClock, onStatus: (status) => (this.status = status) });
    this.#engine.setVolume(this.volume);
    this.#engine.setMuted(this.muted);
    this.nudgeMs = this.#engine.nudgeMs;
    const speaker = new HornSpeaker({
      shared: () => this.#engine.audio,
      open: () => this.#engine.openAudio(),
      load: loadSound
    });
    const loudness = (): number => (this.muted ? 0 : this.volume * HORN_SHARE);
    const listening = (): boolean => this.listening;
    this.horns = {
      get open() {
        return listening();
      },
      play: (url) => speaker.play(url, loudness()),
      playHere: (url) => speaker.playHere(url, loudness())
    };
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
    if (this.followsRoom) this.#follow(false);
    this.#setVolume(volume);
    remember('volume', this.volume);
    if (this.muted && this.volume > 0) this.setMuted(false);
  }

  /** Follows the room from here on, or goes back to one's own volume. */
  followRoom(follows: boolean): void {
    this.#follow(follows);
    if (!follows) this.#setVolume(recall('volume', between(0, 1), VOLUME));
    else if (this.#room !== null) this.#setVolume(this.#room / 100);
  }

  /** How loud the room should be, in percent; null: there is none. */
  hearRoom(percent: number | null): void {
    this.#room = percent;
    if (this.followsRoom && percent !== null) this.#setVolume(percent / 100);
  }

  #follow(follows: boolean): void {
    this.followsRoom = follows;
    remember('followsRoom', follows);
  }

  #setVolume(volume: number): void {
    this.volume = Math.min(1, Math.max(0, volume));
    this.#engine.setVolume(this.volume);
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

  /** What the nest plays and what comes; what sounds elsewhere is not for the engine. */
  update(nest: Pick<NestState, 'playing' | 'queue'> | null): void {
    this.#nest = nest;
    const entry = audible(nest?.playing?.entry, this.instead);
    const playing = entry && nest?.playing ? { ...nest.playing, entry } : null;
    this.#engine.update(nest === null ? null : { playing, next: audible(nest.queue[0], this.instead) });
  }

  /** Shows a video, or none. */
  show(video: Video | null): void {
    if (video?.trackId !== this.video?.trackId || video?.id !== this.video?.id) this.video = video;
  }

  /** Plays a song of the library in place of one that cannot be heard here. */
  playInstead(instead: Instead | null): void {
    if (instead?.trackId === this.instead?.trackId) return;
    this.instead = instead;
    this.update(this.#nest);
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
