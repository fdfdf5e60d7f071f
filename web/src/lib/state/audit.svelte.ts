import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { AuditEntry } from '$lib/api/types';

export type AuditStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** The audit log as far as it was read, newest first. */
export class AuditLog {
  status: AuditStatus = $state.raw({ kind: 'loading' });
  entries: AuditEntry[] = $state.raw([]);
  actions: string[] = $state.raw([]);
  cursor: string | null = $state(null);
  #action = '';
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Begins anew, with this action alone or, if it is empty, all. */
  async load(action: string): Promise<void> {
    this.#action = action;
    try {
      const page = await this.#api.audit(action);
      // Another filter was chosen meanwhile: this is not what is wanted.
      if (this.#action !== action) return;
      this.entries = page.entries;
      this.actions = page.actions;
      this.cursor = page.next_cursor ?? null;
      this.status = { kind: 'ready' };
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.status = { kind: 'failed', problem };
    }
  }

  async more(): Promise<void> {
    if (this.cursor === null) return;
    const action = this.#action;
    const page = await this.#api.audit(action, this.cursor);
    if (this.#action !== action) return;
    this.entries = [...this.entries, ...page.entries];
    this.cursor = page.next_cursor ?? null;
  }
}
