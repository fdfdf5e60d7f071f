import type { SourcesApi } from '$lib/api/sources';
import type { SpotifyClientId, SpotifyConnection } from '$lib/api/types';

/** A client id is 32 hexadecimal digits. */
export const isClientId = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text.trim());

type Asks = Pick<
  SourcesApi,
  'spotify' | 'connectSpotify' | 'disconnectSpotify' | 'bringClientId' | 'removeClientId'
>;

/** One's own connection with Spotify. What is refused is thrown. */
export class Spotify {
  connection: SpotifyConnection | null = $state.raw(null);
  readonly #api: Asks;

  constructor(api: Asks) {
    this.#api = api;
  }

  async load(): Promise<void> {
    this.connection = await this.#api.spotify();
  }

  /** Where to send the browser; it comes back to `returnTo`. */
  async begin(returnTo: string, nest: string | null = null): Promise<string> {
    return (await this.#api.connectSpotify(returnTo, nest)).url;
  }

  async disconnect(): Promise<void> {
    await this.#api.disconnectSpotify();
    await this.load();
  }

  async bring(clientId: string, secret: string | null): Promise<void> {
    await this.#api.bringClientId(clientId, secret);
    await this.load();
  }

  async removeClientId(): Promise<void> {
    await this.#api.removeClientId();
    await this.load();
  }
}

type NestAsks = Pick<SourcesApi, 'nestClientId' | 'bringNestClientId' | 'removeNestClientId' | 'spotify'>;

/** The client id that a host brings for everybody in a nest. What is refused is thrown. */
export class NestClientId {
  clientId: SpotifyClientId | null = $state.raw(null);
  /** What must be registered for it; null until it is known. */
  redirectUri: string | null = $state(null);
  readonly #code: string;
  readonly #api: NestAsks;

  constructor(code: string, api: NestAsks) {
    this.#code = code;
    this.#api = api;
  }

  async load(): Promise<void> {
    const [clientId, { redirect_uri }] = await Promise.all([
      this.#api.nestClientId(this.#code),
      this.#api.spotify()
    ]);
    this.clientId = clientId;
    this.redirectUri = redirect_uri;
  }

  async bring(clientId: string, secret: string | null): Promise<void> {
    this.clientId = await this.#api.bringNestClientId(this.#code, clientId, secret);
  }

  async remove(): Promise<void> {
    await this.#api.removeNestClientId(this.#code);
    this.clientId = null;
  }
}
