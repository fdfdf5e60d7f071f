import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Horn, HornSound } from '$lib/api/types';
import { isBoolean, recall, remember } from '$lib/preferences';

export type HornsStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** Where horns come out of this device. */
export interface HornOutput {
  /** Over the music, if this device listens. */
  play(url: string): Promise<boolean>;
  /** In any case; within a gesture. */
  playHere(url: string): Promise<boolean>;
  /** Whether `play` can be heard at all. */
  readonly open: boolean;
}

/** Somebody whose horns are not heard here. */
export interface Muted {
  id: string;
  name: string;
}

const areMuted = (value: unknown): value is Muted[] =>
  Array.isArray(value) &&
  value.every((one: Partial<Muted> | null) => typeof one?.id === 'string' && typeof one.name === 'string');

/** The horns of this device: which there are, whether any are heard, and whose are not. */
export class Horns {
  status: HornsStatus = $state.raw({ kind: 'loading' });
  sounds: HornSound[] = $state.raw([]);
  heard = $state(recall('horns', isBoolean, true));
  muted: Muted[] = $state.raw(recall('mutedHorns', areMuted, []));
  readonly #api: Pick<Api, 'horns'>;
  readonly #output: HornOutput;
  #asked: Promise<void> | null = null;

  constructor(api: Pick<Api, 'horns'>, output: HornOutput) {
    this.#api = api;
    this.#output = output;
  }

  /** Asks which sounds there are, once; again if nobody answered. */
  load(): Promise<void> {
    return (this.#asked ??= this.#ask());
  }

  setHeard(heard: boolean): void {
    this.heard = heard;
    remember('horns', heard);
  }

  isMuted(id: string): boolean {
    return this.muted.some((person) => person.id === id);
  }

  setMuted({ id, name }: Muted, muted: boolean): void {
    const others = this.muted.filter((person) => person.id !== id);
    this.muted = muted ? [...others, { id, name }] : others;
    remember('mutedHorns', this.muted);
  }

  /** Somebody blew a horn in the nest. Nothing is loaded for a horn that nobody would hear. */
  async hear({ by, sound }: Pick<Horn, 'by' | 'sound'>): Promise<void> {
    if (!this.heard || this.isMuted(by) || !this.#output.open) return;
    await this.load();
    const url = this.#url(sound);
    if (url !== null) await this.#output.play(url);
  }

  /** Plays a sound for oneself alone, within a gesture; nothing is sent. Resolves to whether it is heard. */
  async playHere(sound: string): Promise<boolean> {
    const url = this.#url(sound);
    return url !== null && this.#output.playHere(url);
  }

  #url(sound: string): string | null {
    return this.sounds.find(({ name }) => name === sound)?.url ?? null;
  }

  async #ask(): Promise<void> {
    this.status = { kind: 'loading' };
    try {
      this.sounds = await this.#api.horns();
      this.status = { kind: 'ready' };
    } catch (error) {
      this.#asked = null;
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.status = { kind: 'failed', problem };
    }
  }
}
