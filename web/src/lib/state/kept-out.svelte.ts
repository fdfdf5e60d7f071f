import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { FilteredTrack } from '$lib/api/types';

export type KeptOutStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** What a nest does not choose by itself because somebody filtered it, newest first. */
export class KeptOut {
  status: KeptOutStatus = $state.raw({ kind: 'loading' });
  list: FilteredTrack[] = $state.raw([]);
  readonly #code: string;
  readonly #api: Pick<Api, 'filtered'>;

  constructor(api: Pick<Api, 'filtered'>, code: string) {
    this.#api = api;
    this.#code = code;
  }

  async load(): Promise<void> {
    try {
      this.list = await this.#api.filtered(this.#code);
      this.status = { kind: 'ready' };
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.status = { kind: 'failed', problem };
    }
  }

  /** A song that was let in again is none of them any more. */
  forget(id: string): void {
    this.list = this.list.filter(({ track }) => track.id !== id);
  }
}
