import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Play } from '$lib/api/types';
import { queryOf, type HistoryFilter } from '$lib/history';

export type HistoryStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** Somebody who added what was played. */
export interface Adder {
  id: string;
  name: string;
}

/** A search for words gives pages with few plays, even none, although more follow: so many are asked for at once. */
const PAGES_MAX = 8;
const ENOUGH = 20;

type Asks = Pick<Api, 'plays' | 'allPlays' | 'nest'>;

/** What a nest or all nests have played, newest first, page by page, of what a filter lets through. */
export class History {
  status: HistoryStatus = $state.raw({ kind: 'loading' });
  plays: Play[] = $state.raw([]);
  cursor: string | null = $state(null);
  /** The nest's name, once known; of all nests there is none. */
  name: string | null = $state(null);
  /** Everybody who added one of the plays seen so far, by name. */
  people: Adder[] = $state.raw([]);
  #asked = 0;
  #filter: HistoryFilter | null = null;
  readonly #api: Asks;

  constructor(api: Asks) {
    this.#api = api;
  }

  /** Loads what a nest has played; null: what all have. */
  async load(code: string | null, filter: HistoryFilter): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.#filter = filter;
    try {
      const [found, nest] = await Promise.all([
        this.#pages(code, filter, null),
        code === null ? null : this.#api.nest(code)
      ]);
      // Something else was asked for meanwhile: this is not what is wanted.
      if (this.#asked !== asked) return;
      this.name = nest?.state.settings.name ?? null;
      this.plays = found.plays;
      this.cursor = found.cursor;
      this.#meet(found.plays);
      this.status = { kind: 'ready' };
    } catch (error) {
      if (this.#asked !== asked) return;
      this.status = {
        kind: 'failed',
        problem: error instanceof ApiProblem ? error : ApiProblem.unreachable()
      };
    }
  }

  async more(code: string | null): Promise<void> {
    if (this.cursor === null || this.#filter === null) return;
    const asked = this.#asked;
    const found = await this.#pages(code, this.#filter, this.cursor);
    if (this.#asked !== asked) return;
    this.plays = [...this.plays, ...found.plays];
    this.cursor = found.cursor;
    this.#meet(found.plays);
  }

  async #pages(code: string | null, filter: HistoryFilter, start: string | null) {
    const plays: Play[] = [];
    let cursor = start;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const [query, from] = [queryOf(filter), cursor ?? undefined];
      const page = await (code === null
        ? this.#api.allPlays(query, from)
        : this.#api.plays(code, query, from));
      plays.push(...page.plays);
      cursor = page.next_cursor ?? null;
      if (cursor === null || plays.length >= ENOUGH) break;
    }
    return { plays, cursor };
  }

  #meet(plays: Play[]): void {
    const known = new Map(this.people.map((person) => [person.id, person]));
    for (const { added_by: by } of plays)
      if (by.kind === 'person' && !known.has(by.id)) known.set(by.id, { id: by.id, name: by.name });
    if (known.size > this.people.length)
      this.people = [...known.values()].sort((a, b) => a.name.localeCompare(b.name));
  }
}
