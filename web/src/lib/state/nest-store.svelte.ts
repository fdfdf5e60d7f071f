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

const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 15_000;
const WAITING_MAX = 500;

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
  #retryMs = RETRY_MS_MIN;
  #retry: ReturnType<typeof setTimeout> | undefined;

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
        dropped: () => void this.#load(),
        listeners: (everybody) => (this.listeners = everybody),
        joined: (person) => this.#listener.joined(person)
      }
    );
  }

  /** Stops hearing it, for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#leave?.();
    this.#leave = null;
  }

  async #load(): Promise<NestSnapshot | null> {
    if (this.#loading || this.#closed) return null;
    clearTimeout(this.#retry);
    this.#loading = true;
    try {
      const snapshot = await this.#api.nest(this.code);
      this.clockOffsetMs = snapshot.server_time_ms - Date.now();
      this.#offset = snapshot.offset;
      this.status = { kind: 'ready', state: snapshot.state };
      this.#retryMs = RETRY_MS_MIN;
      this.#loading = false;
      this.#drain();
      return snapshot;
    } catch (error) {
      this.#fail(error instanceof ApiProblem ? error : ApiProblem.unreachable());
      return null;
    } finally {
      this.#loading = false;
    }
  }

  #fail(problem: ApiProblem): void {
    if (problem.status === 404 || problem.status === 410) this.status = { kind: 'unknown' };
    else if (problem.status === 401) this.status = { kind: 'signed-out' };
    else if (this.state === null || problem.status === 403) this.status = { kind: 'failed', problem };
    else this.#loadLater();
  }

  /** What is shown stays, and the snapshot is asked for again, ever less often. */
  #loadLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#load(), this.#retryMs);
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
  }

  #drain(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { offset, publication } of waiting) this.#hear(offset, publication, true);
  }

  #hear(offset: number, publication: NestPublication, healing = false): void {
    const before = this.state;
    if (this.#loading || this.#waiting.length > 0 || before === null) {
      // More than this is in the next snapshot anyway.
      if (this.#waiting.length >= WAITING_MAX) this.#waiting.shift();
      this.#waiting.push({ offset, publication });
      return;
    }
    const place = placement(this.#offset, offset);
    if (place === 'old') return;
    if (place === 'gap') {
      this.#waiting.push({ offset, publication });
      if (healing) this.#loadLater();
      else void this.#load();
      return;
    }
    this.#offset = offset;
    this.status = { kind: 'ready', state: fold(before, publication) };
    this.#listener.published(publication, before);
  }
}
