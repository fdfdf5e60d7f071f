import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { NestPublication, NestSnapshot, NestState } from '$lib/api/types';
import { fold, placement } from '$lib/nest/fold';
import type { Listener, Realtime } from './realtime.svelte';

export type NestStatus =
  | { kind: 'loading' }
  | { kind: 'ready'; state: NestState }
  | { kind: 'unknown' }
  | { kind: 'signed-out' }
  | { kind: 'failed'; problem: ApiProblem };

export interface NestListener {
  /** A publication was folded; `before` is the state it met. */
  published(publication: NestPublication, before: NestState): void;
  joined(listener: Listener): void;
}

/**
 * One nest as this browser knows it: snapshot, then publications folded in offset order. A gap, or a subscription that
 * could not recover, loads the snapshot again; publications that arrive meanwhile wait.
 */
export class NestStore {
  readonly code: string;
  status: NestStatus = $state.raw({ kind: 'loading' });
  listeners: Listener[] = $state.raw([]);
  /** Server time minus this device's, as the last snapshot said: good to about a round trip. */
  clockOffsetMs = $state(0);

  readonly #api: Pick<Api, 'nest'>;
  readonly #realtime: Pick<Realtime, 'nest'>;
  readonly #listener: NestListener;
  #offset = 0;
  #loading = false;
  #waiting: { offset: number; publication: NestPublication }[] = [];
  #leave: (() => void) | null = null;
  #closed = false;

  constructor(
    code: string,
    api: Pick<Api, 'nest'>,
    realtime: Pick<Realtime, 'nest'>,
    listener: NestListener
  ) {
    this.code = code;
    this.#api = api;
    this.#realtime = realtime;
    this.#listener = listener;
  }

  get state(): NestState | null {
    return this.status.kind === 'ready' ? this.status.state : null;
  }

  /** Loads the nest, then hears it from there on. */
  async open(): Promise<void> {
    const snapshot = await this.#load();
    if (snapshot === null || this.#closed || this.#leave !== null) return;
    this.#leave = this.#realtime.nest(
      this.code,
      { epoch: snapshot.epoch, offset: snapshot.offset },
      {
        publication: (offset, publication) => this.#hear(offset, publication),
        subscribed: (whole) => {
          if (!whole) void this.#load();
        },
        listeners: (everybody) => (this.listeners = everybody),
        joined: (person) => this.#listener.joined(person)
      }
    );
  }

  /** Stops hearing it, for good. */
  close(): void {
    this.#closed = true;
    this.#leave?.();
    this.#leave = null;
  }

  async #load(): Promise<NestSnapshot | null> {
    if (this.#loading) return null;
    this.#loading = true;
    try {
      const snapshot = await this.#api.nest(this.code);
      this.clockOffsetMs = snapshot.server_time_ms - Date.now();
      this.#offset = snapshot.offset;
      this.status = { kind: 'ready', state: snapshot.state };
      return snapshot;
    } catch (error) {
      this.#fail(error instanceof ApiProblem ? error : ApiProblem.unreachable());
      return null;
    } finally {
      this.#loading = false;
      this.#drain();
    }
  }

  #fail(problem: ApiProblem): void {
    if (problem.status === 404) this.status = { kind: 'unknown' };
    else if (problem.status === 401) this.status = { kind: 'signed-out' };
    else if (this.state === null) this.status = { kind: 'failed', problem };
  }

  #drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { offset, publication } of waiting) this.#hear(offset, publication);
  }

  #hear(offset: number, publication: NestPublication): void {
    const before = this.state;
    if (this.#loading || before === null) {
      this.#waiting.push({ offset, publication });
      return;
    }
    const place = placement(this.#offset, offset);
    if (place === 'old') return;
    if (place === 'gap') {
      this.#waiting.push({ offset, publication });
      void this.#load();
      return;
    }
    this.#offset = offset;
    this.status = { kind: 'ready', state: fold(before, publication) };
    this.#listener.published(publication, before);
  }
}
