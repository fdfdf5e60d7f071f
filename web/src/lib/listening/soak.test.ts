import { describe, expect, it } from 'vitest';
import { Listener } from './simulation/browser';
import { chance } from './simulation/time';
import type { ListeningEntry, Playback } from './status';

/** A nest that does what it likes, and a listener to whom everything happens. */
class Evening {
  readonly listener = new Listener();
  readonly random: () => number;
  readonly log: string[] = [];
  #nextId = 1;
  #queue: ListeningEntry[] = [];
  #playback: Playback;

  constructor(seed: number) {
    this.random = chance(seed);
    this.#queue = [this.#entry(), this.#entry()];
    this.#playback = { state: 'running', started_at_ms: this.listener.serverMs };
  }

  #entry(): ListeningEntry {
    const id = this.#nextId;
    this.#nextId += 1;
    const seconds = 40 + Math.floor(this.random() * 100);
    const decodable = this.random() < 0.8;
    return this.listener.entry(id, seconds, { decodable, loadMs: this.random() * 4_000 });
  }

  get current(): ListeningEntry {
    return this.#queue[0] as ListeningEntry;
  }

  get startedAtMs(): number | null {
    return this.#playback.state === 'running' ? this.#playback.started_at_ms : null;
  }

  /** What the server does by itself, and what it then says to whoever can hear it. */
  publish(): void {
    while (
      this.startedAtMs !== null &&
      this.listener.serverMs >= this.startedAtMs + this.current.track.duration_ms
    ) {
      this.#advance(this.startedAtMs + this.current.track.duration_ms);
    }
    if (!this.listener.online) return;
    const [entry, next] = this.#queue;
    this.listener.engine.update({
      playing: { entry: entry as ListeningEntry, playback: this.#playback },
      next: next ?? null
    });
  }

  async pass(durationMs: number): Promise<void> {
    for (let passed = 0; passed < durationMs; passed += 250) {
      await this.listener.time.advance(250);
      this.publish();
      this.listener.context?.collect();
    }
  }

  async happen(): Promise<void> {
    const { listener, random } = this;
    const position = (): number => {
      if (this.#playback.state === 'paused') return this.#playback.position_ms;
      return Math.max(0, listener.serverMs - this.#playback.started_at_ms);
    };
    const seekTo = (positionMs: number): void => {
      this.#playback =
        this.#playback.state === 'running'
          ? { state: 'running', started_at_ms: listener.serverMs - positionMs }
          : { state: 'paused', position_ms: positionMs };
    };
    const happenings: [string, () => void | Promise<void>][] = [
      ['pause', () => void (this.#playback = { state: 'paused', position_ms: position() })],
      [
        'resume',
        () => void (this.#playback = { state: 'running', started_at_ms: listener.serverMs - position() })
      ],
      ['seek', () => seekTo(random() * this.current.track.duration_ms * 0.9)],
      ['skip', () => this.#advance(listener.serverMs + random() * 600)],
      ['another is next', () => void this.#queue.splice(1, 1, this.#entry())],
      ['under-run', () => listener.context.underrun(random() * 500)],
      ['network lost', () => this.#online(false)],
      ['network back', () => this.#online(true)],
      ['server clock jumps', () => void (listener.serverAheadMs += (random() - 0.5) * 60_000)],
      ['sleep', () => this.#sleep()],
      ['interrupted', () => listener.context.interrupt()],
      ['nudge', () => listener.engine.setNudge(Math.round(random() * 80))],
      ['stopped and started', () => this.#restart()],
      ['muted', () => listener.engine.setMuted(random() < 0.5)]
    ];
    const [name, act] = happenings[Math.floor(random() * happenings.length)] as (typeof happenings)[number];
    this.log.push(name);
    await act();
    this.publish();
    await this.pass(random() * 6_000);
  }

  /** Everything is well again: the nest plays, the network is there, sound is on. */
  async recover(): Promise<void> {
    this.#online(true);
    this.listener.engine.setMuted(false);
    const position = this.#playback.state === 'paused' ? this.#playback.position_ms : null;
    if (position !== null)
      this.#playback = { state: 'running', started_at_ms: this.listener.serverMs - position };
    const left = () => (this.startedAtMs ?? 0) + this.current.track.duration_ms - this.listener.serverMs;
    this.publish();
    if (left() < 30_000) this.#advance(this.listener.serverMs);
    this.publish();
    await this.pass(22_000);
  }

  #online(online: boolean): void {
    this.listener.online = online;
    this.listener.engine.setConnected(online);
    if (online) this.listener.page('online');
  }

  #sleep(): void {
    this.listener.context.interrupt();
    this.listener.time.sleep(this.random() * 100_000);
    this.listener.page('visible');
  }

  async #restart(): Promise<void> {
    this.listener.engine.stop();
    await this.listener.time.advance(this.random() * 2_000);
    await this.listener.engine.start();
  }

  #advance(startedAtMs: number): void {
    this.#queue.shift();
    while (this.#queue.length < 2) this.#queue.push(this.#entry());
    this.#playback = { state: 'running', started_at_ms: startedAtMs };
  }
}

/** More find more; these are what a test run can afford. */
const SEEDS = 25;

describe('an evening on which everything happens', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`ends in step, with nothing left over (seed ${seed})`, async () => {
      const evening = new Evening(seed);
      const { listener } = evening;
      evening.publish();
      await listener.engine.start();
      for (let round = 0; round < 4; round += 1) {
        for (let step = 0; step < 8; step += 1) await evening.happen();
        await evening.recover();
        const told = `${evening.log.join(', ')}; then ${JSON.stringify(listener.engine.status)}`;
        const heard = listener.heard();
        expect(heard.length, told).toBe(1);
        expect(heard[0]?.url, told).toBe(evening.current.track.stream_url);
        const nudged = (evening.startedAtMs as number) - listener.engine.nudgeMs;
        const limit = listener.engine.diagnostics().mode === 'element' ? 12 : 5;
        expect(Math.abs(listener.errorMs(nudged) as number), told).toBeLessThan(limit);
        expect(listener.engine.status.state, told).toMatch(/in-step|correcting/);
      }
      listener.engine.dispose();
      await listener.time.advance(3_000);
      expect(listener.context.collect()).toBe(0);
      expect(listener.openFetches).toBe(0);
      expect(listener.time.timerCount).toBe(0);
    });
  }
});
