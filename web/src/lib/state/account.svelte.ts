import type { Api } from '$lib/api/client';
import type { ApiToken, Device, Identity, Invitation, Person } from '$lib/api/types';

/** What the settings show of a person: devices, and, for whom they are, invitations and tokens. */
export class Account {
  /** False until the first load has ended, well or not. */
  loaded = $state(false);
  devices: Device[] = $state.raw([]);
  invitations: Invitation[] = $state.raw([]);
  tokens: ApiToken[] = $state.raw([]);
  identities: Identity[] = $state.raw([]);
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  async load(person: Person): Promise<void> {
    try {
      await Promise.all([
        this.loadDevices(),
        person.role === 'administrator' ? this.loadInvitations() : null,
        person.role === 'guest' ? null : this.loadTokens(),
        person.role === 'guest' ? null : this.loadIdentities()
      ]);
    } finally {
      this.loaded = true;
    }
  }

  async loadDevices(): Promise<void> {
    this.devices = await this.#api.devices();
  }

  async loadInvitations(): Promise<void> {
    this.invitations = await this.#api.invitations();
  }

  async loadIdentities(): Promise<void> {
    this.identities = await this.#api.identities();
  }

  async loadTokens(): Promise<void> {
    this.tokens = await this.#api.tokens();
  }
}
