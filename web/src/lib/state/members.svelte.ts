import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Member, ServerRole } from '$lib/api/types';

export type MembersStatus = { kind: 'loading' } | { kind: 'ready' } | { kind: 'failed'; problem: ApiProblem };

/** Everybody who is known here as far as they were read, in order of arrival. */
export class Members {
  status: MembersStatus = $state.raw({ kind: 'loading' });
  list: Member[] = $state.raw([]);
  cursor: string | null = $state(null);
  readonly #api: Pick<Api, 'members' | 'changeMember' | 'removeMember'>;

  constructor(api: Pick<Api, 'members' | 'changeMember' | 'removeMember'>) {
    this.#api = api;
  }

  /** Whether this person is known to be the only administrator: everybody was read, and there is no other. */
  isLastAdministrator(id: string): boolean {
    return (
      this.cursor === null && this.list.every((other) => other.id === id || other.role !== 'administrator')
    );
  }

  async load(): Promise<void> {
    try {
      const page = await this.#api.members();
      this.list = page.members;
      this.cursor = page.next_cursor ?? null;
      this.status = { kind: 'ready' };
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.status = { kind: 'failed', problem };
    }
  }

  async more(): Promise<void> {
    if (this.cursor === null) return;
    const page = await this.#api.members(this.cursor);
    const known = new Set(this.list.map(({ id }) => id));
    this.list = [...this.list, ...page.members.filter(({ id }) => !known.has(id))];
    this.cursor = page.next_cursor ?? null;
  }

  /** Gives somebody another role; rejects, and leaves everything as it was, when the server refuses. */
  async change(id: string, role: ServerRole): Promise<void> {
    await this.#api.changeMember(id, role);
    this.list = this.list.map((member) => (member.id === id ? { ...member, role } : member));
  }

  /** Removes somebody from this server; rejects, and leaves everything as it was, when the server refuses. */
  async remove(id: string): Promise<void> {
    await this.#api.removeMember(id);
    this.list = this.list.filter((member) => member.id !== id);
  }
}
