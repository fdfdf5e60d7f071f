import type { Api } from '$lib/api/client';
import { ApiProblem } from '$lib/api/problem';
import type { Person, ServerInfo, Session as SessionAnswer } from '$lib/api/types';

export type SessionStatus =
  | { kind: 'loading' }
  | { kind: 'signed-in'; person: Person }
  | { kind: 'signed-out' }
  | { kind: 'failed'; problem: ApiProblem };

/** Who this browser is signed in as, and what server this is. */
export class Session {
  status: SessionStatus = $state.raw({ kind: 'loading' });
  server: ServerInfo | null = $state.raw(null);
  /** The picture the person brought, if any. */
  picture: string | null = $state(null);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  get person(): Person | null {
    return this.status.kind === 'signed-in' ? this.status.person : null;
  }

  get isAdministrator(): boolean {
    return this.person?.role === 'administrator';
  }

  get isMember(): boolean {
    return this.person !== null && this.person.role !== 'guest';
  }

  async load(): Promise<void> {
    try {
      const [server, session] = await Promise.all([this.#api.server(), this.#api.session()]);
      this.server = server;
      this.picture = session.avatar_url ?? null;
      this.#take(session);
    } catch (error) {
      if (this.status.kind !== 'signed-in') {
        this.status = {
          kind: 'failed',
          problem: error instanceof ApiProblem ? error : ApiProblem.unreachable()
        };
      }
    }
  }

  async setUp(token: string, name: string): Promise<void> {
    this.#take(await this.#api.setup(token, name));
    this.server = await this.#api.server();
  }

  async redeem(token: string, name: string | null): Promise<void> {
    this.#take(await this.#api.redeem(token, name));
  }

  async joinAsGuest(name: string, nest: string): Promise<void> {
    this.#take(await this.#api.joinAsGuest(name, nest));
  }

  async rename(name: string): Promise<void> {
    this.#take(await this.#api.rename(name));
  }

  async signOut(): Promise<void> {
    await this.#api.signOut();
    this.status = { kind: 'signed-out' };
  }

  /** The server said so while we thought otherwise. */
  expired(): void {
    this.status = { kind: 'signed-out' };
  }

  /** The library has this many tracks now, or at least one if that is all that is known. */
  hearLibrary(trackCount: number | null): void {
    if (!this.server) return;
    this.server = { ...this.server, track_count: trackCount ?? Math.max(1, this.server.track_count) };
  }

  /** Asks again what server this is; what is known stays when nobody answers. */
  async refreshServer(): Promise<void> {
    this.server = await this.#api.server().catch(() => this.server);
  }

  #take(session: SessionAnswer): void {
    this.status = session.person ? { kind: 'signed-in', person: session.person } : { kind: 'signed-out' };
  }
}
