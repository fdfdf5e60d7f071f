import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { NestSummary, ProviderStats, SignInStats, Stats } from '$lib/api/types';
import { beginning, type RangeDays } from '$lib/stats';

export type NumbersStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

type Asked = Pick<Api, 'stats' | 'nests' | 'providerStats' | 'signInStats'>;

/** What was played in numbers, of one nest or all. While others are being loaded, the last ones stay. */
export class Numbers {
  status: NumbersStatus = $state.raw({ kind: 'loading' });
  stats: Stats | null = $state.raw(null);
  /** How long a time `stats` is of. */
  days: RangeDays = $state(30);
  nests: NestSummary[] = $state.raw([]);
  /** What services were asked in the same time. */
  calls: ProviderStats | null = $state.raw(null);
  /** Sign-ins of that time, for administrators. */
  signIns: SignInStats | null = $state.raw(null);
  #asked = 0;
  readonly #api: Asked;

  constructor(api: Asked) {
    this.#api = api;
  }

  async load(nest: string | null, days: RangeDays, nowMs: number, isAdministrator = false): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.status = { kind: 'loading' };
    try {
      const [from, to] = [beginning(days, nowMs), Math.round(nowMs)];
      const [stats, nests, calls, signIns] = await Promise.all([
        this.#api.stats(nest, from, to),
        this.#api.nests(),
        this.#api.providerStats(from, to),
        isAdministrator ? this.#api.signInStats(from, to) : null
      ]);
      // Something else was chosen meanwhile: this is not what is wanted.
      if (this.#asked !== asked) return;
      this.stats = stats;
      this.days = days;
      this.nests = nests;
      this.calls = calls;
      this.signIns = signIns;
      this.status = { kind: 'ready' };
    } catch (error) {
      if (this.#asked !== asked) return;
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.status = { kind: 'failed', problem };
    }
  }
}
