import { ApiProblem } from '$lib/api/problem';
import type { Track } from '$lib/api/types';
import type { Transfer } from '$lib/api/upload';

export type UploadState =
  | { kind: 'waiting' }
  | { kind: 'sending'; share: number }
  | { kind: 'working' }
  | { kind: 'done'; track: Track; duplicate: boolean }
  | { kind: 'failed'; problem: ApiProblem }
  | { kind: 'cancelled' };

export interface Upload {
  id: number;
  file: File;
  state: UploadState;
}

type Send = (file: File, onProgress: (share: number) => void) => Transfer;

const PARALLEL_MAX = 2;

/** The queue of files on their way to the library: a few at a time, each with its own fate. */
export class Uploads {
  list: Upload[] = $state.raw([]);
  readonly #send: Send;
  readonly #bytesMax: () => number;
  readonly #transfers = new Map<number, Transfer>();
  #lastId = 0;

  constructor(send: Send, bytesMax: () => number) {
    this.#send = send;
    this.#bytesMax = bytesMax;
  }

  /** How many files are not finished. */
  get pending(): number {
    return this.list.filter(({ state }) => ['waiting', 'sending', 'working'].includes(state.kind)).length;
  }

  add(files: Iterable<File>): void {
    const added = [...files].map((file): Upload => {
      const tooLarge = file.size > this.#bytesMax();
      const state: UploadState = tooLarge
        ? { kind: 'failed', problem: new ApiProblem({ code: 'too_large', status: 413, detail: '' }) }
        : { kind: 'waiting' };
      return { id: (this.#lastId += 1), file, state };
    });
    this.list = [...this.list, ...added];
    this.#start();
  }

  cancel(id: number): void {
    const transfer = this.#transfers.get(id);
    if (transfer) transfer.cancel();
    else this.#set(id, { kind: 'cancelled' });
  }

  retry(id: number): void {
    this.#set(id, { kind: 'waiting' });
    this.#start();
  }

  /** Forgets everything that is finished. */
  clear(): void {
    this.list = this.list.filter(({ state }) => ['waiting', 'sending', 'working'].includes(state.kind));
  }

  /** A track has changed: it may have become playable since it arrived. */
  hear(track: Track): void {
    this.list = this.list.map((upload) =>
      upload.state.kind === 'done' && upload.state.track.id === track.id
        ? { ...upload, state: { ...upload.state, track } }
        : upload
    );
  }

  #set(id: number, state: UploadState): void {
    this.list = this.list.map((upload) => (upload.id === id ? { ...upload, state } : upload));
  }

  #start(): void {
    for (const { id, file, state } of this.list) {
      if (this.#transfers.size >= PARALLEL_MAX) return;
      if (state.kind === 'waiting') void this.#run(id, file);
    }
  }

  async #run(id: number, file: File): Promise<void> {
    const transfer = this.#send(file, (share) =>
      this.#set(id, share < 1 ? { kind: 'sending', share } : { kind: 'working' })
    );
    this.#transfers.set(id, transfer);
    this.#set(id, { kind: 'sending', share: 0 });
    try {
      const outcome = await transfer.done;
      this.#set(id, { kind: 'done', ...outcome });
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.#set(id, problem.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', problem });
    } finally {
      this.#transfers.delete(id);
      this.#start();
    }
  }
}
