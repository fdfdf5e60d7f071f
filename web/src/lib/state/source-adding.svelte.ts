import { ApiProblem } from '$lib/api/problem';
import type { SourcesApi } from '$lib/api/sources';
import type { SourceTrack } from '$lib/api/types';
import { ADDED_AT_ONCE_MAX, addable } from '$lib/sources';

/** What became of adding several: how many are in the queue, and what ended it. */
export interface Added {
  count: number;
  problem: ApiProblem | null;
}

/** Adds songs of services to a nest, one after the other, so that they come in their order. */
export class SourceAdding {
  /** Songs on their way into the queue or in it, by what adds them. */
  states: Readonly<Record<string, 'adding' | 'added'>> = $state.raw({});
  readonly #code: string;
  readonly #api: Pick<SourcesApi, 'add'>;

  constructor(code: string, api: Pick<SourcesApi, 'add'>) {
    this.#code = code;
    this.#api = api;
  }

  /** Whether anything is on its way. */
  get busy(): boolean {
    return Object.values(this.states).includes('adding');
  }

  /** Adds these; the first that the nest refuses ends it. A song that only its service refuses is left out. */
  async add(tracks: readonly SourceTrack[]): Promise<Added> {
    const wanted = addable(tracks)
      .filter(({ source }) => this.states[source] !== 'adding')
      .slice(0, ADDED_AT_ONCE_MAX);
    for (const { source } of wanted) this.#set(source, 'adding');
    let count = 0;
    let problem: ApiProblem | null = null;
    for (const { source } of wanted) {
      try {
        if (problem !== null && endsAll(problem)) throw problem;
        await this.#api.add(this.#code, source);
        this.#set(source, 'added');
        count += 1;
      } catch (error) {
        this.#set(source, null);
        problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      }
    }
    return { count, problem };
  }

  #set(source: string, state: 'adding' | 'added' | null): void {
    const { [source]: _, ...others } = this.states;
    this.states = state === null ? others : { ...others, [source]: state };
  }
}

/** Whether the next song would be refused as well. */
const endsAll = ({ code }: ApiProblem): boolean =>
  !['source_not_playable', 'not_in_this_market', 'source_has_none', 'track_not_playable'].includes(code);
