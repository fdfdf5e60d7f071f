/**
 * The one class the interface of the product talks to: what the nest says in, sound in step and a status out.
 *
 * On every tick it asks the timeline what should sound and makes two decks, the current and the next entry, follow it.
 * Not here: how a deck does that, what the clock of the server shows, and anything of the page but `Surroundings`.
 */
import { ClockDriver } from './clock-driver';
import { Decks } from './decks';
import { NUDGE_MS_MAX, readNudge, writeNudge } from './nudge';
import { Stage } from './stage';
import { browserSurroundings } from './surroundings';
import type { PageEvent, Surroundings } from './surroundings';
import { ErrorHistory, statusOf, StatusTeller } from './telling';
import { planAt } from './timeline';
import type { Plan } from './timeline';
import type { Cancel } from './time';
import type { ClockAnswer, Diagnostics, ListeningNest, ListeningStatus } from './status';

export { NUDGE_MS_MAX };

/** What the engine needs from its surroundings. */
export interface ListeningOptions {
  /** Asks the server's clock; rejects when it cannot be asked. It may take long: the engine gives up waiting by itself. */
  askClock(): Promise<ClockAnswer>;
  /** Told about every change; the errors of a steady `in-step` at most twice a second. */
  onStatus?(status: ListeningStatus): void;
  /** The browser; tests bring their own. */
  surroundings?: Surroundings;
}

const TICK_MS = 125;
/** A tick this late means the page was asleep or starved: what was measured before is not believed. */
const LATE_TICK_MS = 3_000;
/** The next track is placed on the timeline this long before its turn. */
const PLACE_AHEAD_MS = 8_000;
/** The next track abuts on the sample if the current one ends this near its time; else it starts on its time. */
const ABUT_MS = 8;

/** Plays a nest on this device, in step with everybody else. */
export class ListeningEngine {
  #surroundings: Surroundings;
  #clock: ClockDriver;
  #stage: Stage;
  #decks: Decks;
  #teller: StatusTeller;
  #errors = new ErrorHistory();
  #nest: ListeningNest | null = null;
  #started = false;
  #gesture = false;
  #connected = true;
  #volume = 1;
  #muted = false;
  #hidden = false;
  #nudgeMs: number;
  #tickedAtMs = 0;
  #timer: Cancel | null = null;
  #unlisten: Cancel;

  constructor(options: ListeningOptions) {
    this.#surroundings = options.surroundings ?? browserSurroundings();
    const time = this.#surroundings.time;
    this.#nudgeMs = readNudge(this.#surroundings.storage);
    this.#clock = new ClockDriver({
      time,
      ask: options.askClock,
      onChange: () => this.#soon()
    });
    this.#stage = new Stage(this.#surroundings, () => this.#soon());
    this.#decks = new Decks(this.#stage, this.#surroundings, () => this.#soon());
    this.#teller = new StatusTeller(time, options.onStatus ?? (() => {}));
    this.#unlisten = this.#surroundings.onPage((event) => this.#onPage(event));
  }

  /**
   * Starts listening. Call it from a tap or a key press: it unlocks sound. Resolves when sound is unlocked or the
   * status says `needs-gesture`. Calling it again tries again.
   */
  async start(): Promise<void> {
    if (!this.#started) {
      this.#started = true;
      this.#tickedAtMs = this.#surroundings.time.now();
      this.#decks.resetCount();
      this.#runClock();
    }
    this.#gesture = await this.#stage.open();
    if (this.#started) this.#tick();
  }

  /** Silence within 10 ms; lets go of audio, network and memory. `start()` begins again. */
  stop(): void {
    this.#started = false;
    this.#timer?.();
    this.#timer = null;
    this.#decks.drop();
    this.#stage.close();
    this.#teller.tell({ state: 'idle', reason: 'stopped' });
    this.#runClock();
  }

  /** `stop()`, for good: also the clock and every listener. */
  dispose(): void {
    this.stop();
    this.#stage.dispose();
    this.#clock.stop();
    this.#unlisten();
  }

  /** Says what the nest plays and what comes next. Cheap; call it on every change. null: no nest. */
  update(nest: ListeningNest | null): void {
    this.#nest = nest;
    this.#runClock();
    if (this.#started) this.#tick();
  }

  /** Says whether the socket is up. A reconnect asks the clock anew and retries what had failed. */
  setConnected(connected: boolean): void {
    const back = connected && !this.#connected;
    this.#connected = connected;
    if (back) this.#hurry();
    if (this.#started) this.#tick();
  }

  /** Loudness from 0 to 1, ramped over 10 ms. Where the system owns the volume (iOS), an element ignores it. */
  setVolume(volume: number): void {
    this.#volume = Math.max(0, Math.min(1, volume));
    this.#applyVolume();
  }

  /** Silences without stopping: still in step when unmuted. */
  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#applyVolume();
  }

  /**
   * Makes the sound come earlier (positive) or later, for delays no browser knows of, such as Bluetooth. Clamped to
   * `NUDGE_MS_MAX` either way and remembered on this device.
   */
  setNudge(nudgeMs: number): void {
    this.#nudgeMs = writeNudge(this.#surroundings.storage, nudgeMs);
    if (this.#started) this.#tick();
  }

  /** The nudge of this device. */
  get nudgeMs(): number {
    return this.#nudgeMs;
  }

  /** The context that the music sounds on, for sounds beside it; null while stopped. */
  get audio(): AudioContext | null {
    return this.#stage.context;
  }

  /** Another context, for a sound while stopped; whoever opens it closes it. null without Web Audio. */
  openAudio(): AudioContext | null {
    return this.#surroundings.createContext();
  }

  /** What it is doing now; what `onStatus` was last told or is about to be. */
  get status(): ListeningStatus {
    return this.#teller.status;
  }

  /** The server's time now in milliseconds since 1970, null while unknown. Works before `start()`, once there is a nest. */
  serverNow(): number | null {
    return this.#clock.model.serverAt(this.#surroundings.time.now());
  }

  /** Numbers for tests and for the panel. */
  diagnostics(): Diagnostics {
    const now = this.#surroundings.time.now();
    const estimate = this.#clock.model.estimate(now);
    const sounding = this.#decks.current?.sounding(now) ?? null;
    return {
      status: this.status,
      clock: estimate && { ...estimate, restartCount: this.#clock.model.restartCount },
      outputLatencyMs: this.#stage.outputLatencyMs,
      nudgeMs: this.#nudgeMs,
      mode: sounding?.mode ?? null,
      sounding: sounding &&
        this.#decks.current && {
          entryId: this.#decks.current.entry.id,
          positionMs: sounding.positionMs,
          rate: sounding.rate
        },
      errors: this.#errors.samples(),
      spliceCount: this.#decks.moveCount,
      decodedBytes: this.#decks.decodedBytes
    };
  }

  #soon(): void {
    if (!this.#started) return;
    this.#timer?.();
    this.#timer = this.#surroundings.time.after(0, () => this.#tick());
  }

  #tick(): void {
    if (!this.#started) return;
    this.#timer?.();
    this.#timer = this.#surroundings.time.after(TICK_MS, () => this.#tick());
    const now = this.#surroundings.time.now();
    const parted = this.#clock.watch();
    if (!parted && now - this.#tickedAtMs > LATE_TICK_MS) this.#clock.probeNow();
    this.#tickedAtMs = now;
    this.#stage.measure();
    const status = this.#follow(now);
    if (status) this.#teller.tell(status);
  }

  /** Makes the decks follow the plan. null: nothing new to tell. */
  #follow(now: number): ListeningStatus | null {
    const nest = this.#nest;
    if (!nest?.playing) {
      this.#decks.drop();
      return { state: 'idle', reason: 'nothing-playing' };
    }
    const serverNow = this.#clock.model.serverAt(now);
    if (nest.playing.playback.state === 'running' && serverNow === null) {
      // Loading needs no clock: by the time it is known, the track may be there.
      this.#decks.takeCurrent(nest.playing.entry);
      this.#decks.hold();
      return this.#away ? { state: 'offline', sounding: false } : { state: 'waiting-clock' };
    }
    const plan = planAt(nest, (serverNow ?? 0) + this.#nudgeMs);
    if (plan.kind === 'playing') return this.#play(plan, now);
    if (plan.kind === 'paused') {
      this.#decks.takeCurrent(plan.entry);
      this.#decks.takeNext(plan.next, Infinity);
      this.#decks.hold();
      return { state: 'idle', reason: 'paused' };
    }
    this.#decks.hold();
    return this.#away ? { state: 'offline', sounding: false } : { state: 'idle', reason: 'between-tracks' };
  }

  #play(plan: Extract<Plan, { kind: 'playing' }>, now: number): ListeningStatus | null {
    const { current, next, positionMs } = plan;
    const deck = this.#decks.takeCurrent(current.entry);
    const zeroMs = now - positionMs;
    const endMs = zeroMs + (current.endsAtMs - current.startsAtMs);
    const ahead = this.#decks.takeNext(next?.entry ?? null, endMs - now);
    const heardEndMs = deck.endsAtMs;
    const abuts = heardEndMs !== null && Math.abs(heardEndMs - endMs) < ABUT_MS;
    const boundaryMs = ahead?.ready && abuts ? heardEndMs : endMs;
    const following = deck.follow(zeroMs, boundaryMs);
    if (next && ahead?.ready && endMs - now < PLACE_AHEAD_MS) {
      ahead.follow(boundaryMs, boundaryMs + next.entry.track.duration_ms);
    } else {
      ahead?.hold();
    }
    if (following.kind === 'sounding') {
      this.#errors.add(now, following.errorMs);
      // Whatever Web Audio does, elements may sound: the next track needs no tap either.
      this.#gesture = true;
    }
    return statusOf(following, {
      entryId: deck.entry.id,
      positionMs,
      away: this.#away,
      locked: this.#stage.hasContext && !this.#stage.running && !this.#gesture,
      audible: this.#teller.audible
    });
  }

  /** Whether the server is out of reach. */
  get #away(): boolean {
    return !this.#connected || this.#clock.silent;
  }

  #applyVolume(): void {
    this.#decks.setVolume(this.#muted ? 0 : this.#volume);
  }

  /** The clock is asked while somebody can see or hear what it is for. */
  #runClock(): void {
    if (this.#started || (this.#nest !== null && !this.#hidden)) this.#clock.start();
    else this.#clock.stop();
  }

  #hurry(): void {
    this.#clock.probeNow();
    this.#decks.hurry();
  }

  #onPage(event: PageEvent): void {
    this.#hidden = event === 'hidden' || (event === 'online' && this.#hidden);
    this.#runClock();
    if (this.#hidden) return;
    this.#hurry();
    this.#soon();
  }
}
