import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Kicked } from '$lib/api/types';

export type DoorStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** Who was put out of a nest, for whoever hosts it. */
export class Door {
  status: DoorStatus = $state.raw({ kind: 'loading' });
  kicked: Kicked[] = $state.raw([]);
  readonly #code: string;
  readonly #api: Pick<Api, 'kicked' | 'configure'>;

  constructor(api: Pick<Api, 'kicked' | 'configure'>, code: string) {
    this.#api = api;
    this.#code = code;
  }

  async load(): Promise<void> {
    try {
      this.kicked = await this.#api.kicked(this.#code);
      this.status = { kind: 'ready' };
    } catch (error) {
      this.status = { kind: 'failed', problem: problemOf(error) };
    }
  }

  /** Gives the nest a word that leads to it, or none; answers what speaks against it. */
  async call(slug: string): Promise<ApiProblem | null> {
    try {
      await this.#api.configure(this.#code, { slug });
      return null;
    } catch (error) {
      return problemOf(error);
    }
  }
}

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : ApiProblem.unreachable();
