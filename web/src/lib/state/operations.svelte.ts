import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Operations } from '$lib/api/types';

/** What is shown is looked at again so often, while somebody sees it. */
export const LOOK_EVERY_MS = 15_000;

/** How a server is run, looked at again and again. What was seen stays when nobody answers. */
export class OperationsLook {
  found: Operations | null = $state.raw(null);
  /** Why the last look saw nothing. */
  problem: ApiProblem | null = $state.raw(null);
  busy = $state(false);
  readonly #api: Pick<Api, 'operations'>;

  constructor(api: Pick<Api, 'operations'>) {
    this.#api = api;
  }

  async load(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      this.found = await this.#api.operations();
      this.problem = null;
    } catch (error) {
      this.problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
    } finally {
      this.busy = false;
    }
  }

  /** Looks now, and again while the page is seen, until what it returns is called. */
  watch(): () => void {
    let lookedAt = 0;
    const look = (): void => {
      if (document.hidden) return;
      lookedAt = performance.now();
      void this.load();
    };
    const seen = (): void => {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) look();
    };
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', look);
    look();
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', look);
    };
  }
}
