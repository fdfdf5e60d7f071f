import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { NestSummary, ServerPublication } from '$lib/api/types';
import { MAIN_CODE } from '$lib/nest/permissions';

export type NestListStatus =
  { kind: 'loading' } | { kind: 'ready'; nests: NestSummary[] } | { kind: 'failed'; problem: ApiProblem };

/** The main nest first, then the liveliest, then the newest. */
function ordered(nests: NestSummary[]): NestSummary[] {
  return [...nests].sort(
    (a, b) =>
      Number(b.code === MAIN_CODE) - Number(a.code === MAIN_CODE) ||
      b.listener_count - a.listener_count ||
      b.created_at_ms - a.created_at_ms
  );
}

/** The nests of this server, kept true by what the server publishes. */
export class NestList {
  status: NestListStatus = $state.raw({ kind: 'loading' });
  readonly #api: Pick<Api, 'nests'>;

  constructor(api: Pick<Api, 'nests'>) {
    this.#api = api;
  }

  async load(): Promise<void> {
    try {
      this.status = { kind: 'ready', nests: ordered(await this.#api.nests()) };
    } catch (error) {
      if (this.status.kind === 'ready') return;
      this.status = {
        kind: 'failed',
        problem: error instanceof ApiProblem ? error : ApiProblem.unreachable()
      };
    }
  }

  hear(publication: ServerPublication): void {
    if (this.status.kind !== 'ready') return;
    const { nests } = this.status;
    if (publication.type === 'nest_changed') {
      const others = nests.filter((nest) => nest.code !== publication.nest.code);
      this.status = { kind: 'ready', nests: ordered([...others, publication.nest]) };
    } else if (publication.type === 'nest_closed') {
      this.status = { kind: 'ready', nests: nests.filter((nest) => nest.code !== publication.code) };
    }
  }
}
