import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Play } from '$lib/api/types';

export type HistoryStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** What a nest has played, newest first, page by page. */
export class History {
  status: HistoryStatus = $state.raw({ kind: 'loading' });
  plays: Play[] = $state.raw([]);
  cursor: string | null = $state(null);
  /** The nest's name, once known. */
  name: string | null = $state(null);
  readonly #api: Pick<Api, 'plays' | 'nest'>;

  constructor(api: Pick<Api, 'plays' | 'nest'>) {
    this.#api = api;
  }

  async load(code: string): Promise<void> {
    try {
      const [page, nest] = await Promise.all([this.#api.plays(code), this.#api.nest(code)]);
      this.name = nest.state.settings.name;
      this.plays = page.plays;
      this.cursor = page.next_cursor ?? null;
      this.status = { kind: 'ready' };
    } catch (error) {
      this.status = {
        kind: 'failed',
        problem: error instanceof ApiProblem ? error : ApiProblem.unreachable()
      };
    }
  }

  async more(code: string): Promise<void> {
    if (this.cursor === null) return;
    const page = await this.#api.plays(code, this.cursor);
    this.plays = [...this.plays, ...page.plays];
    this.cursor = page.next_cursor ?? null;
  }
}
