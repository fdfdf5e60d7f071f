import { ApiProblem } from '$lib/api/problem';
import type { SourcesApi } from '$lib/api/sources';
import type { Elsewhere, Following, FollowingState, Source, SpotifyDevice } from '$lib/api/types';
import { videoOf } from '$lib/elsewhere';
import type { Answer } from './source-search.svelte';
import { BrowserPlayer } from './spotify-browser';

/** A device that follows is asked after this often. */
const POLL_MS = 5_000;
/** A device that has just come into being is not known to the service at once. */
const NEW_DEVICE_TRIES = 4;
const NEW_DEVICE_WAIT_MS = 1_500;

type Asks = Pick<SourcesApi, 'following' | 'follow' | 'letGo' | 'devices' | 'token' | 'elsewhere'>;

/** How a device fares, in the three ways that ask different things of a person. */
export type Standing = 'well' | 'stepped-back' | 'stuck';

export function standing(state: FollowingState): Standing {
  if (state.startsWith('taken_over')) return 'stepped-back';
  const well: FollowingState[] = [
    'waiting',
    'nest_silent',
    'library_plays',
    'other_service_plays',
    'starting',
    'in_step'
  ];
  return well.includes(state) ? 'well' : 'stuck';
}

/** Where a song can be heard instead. */
export type InsteadOf = { kind: 'library' | 'stream'; trackId: string } | { kind: 'video'; id: string };

/** The best of what is elsewhere for somebody who cannot hear the song itself. */
export function insteadOf({ library, tracks }: Elsewhere): InsteadOf | null {
  if (library) return { kind: 'library', trackId: library };
  // What streams is played in step by the engine; a video is not, and must be seen.
  const streamed = tracks.find(({ service, id }) => service === 'soundcloud' && id != null)?.id;
  if (streamed != null) return { kind: 'stream', trackId: streamed };
  const video = tracks.map(({ source }) => videoOf(source)).find((id) => id !== null);
  return video === undefined ? null : { kind: 'video', id: video };
}

/** Hearing a nest on a device of one's own, and what is heard instead where that cannot be. */
export class Hearing {
  readonly code: string;
  following: Following | null = $state.raw(null);
  devices: Answer<SpotifyDevice[]> = $state.raw({ kind: 'idle' });
  /** What this person has at Spotify; null where there is none, or before it is known. */
  spotify: Source | null = $state.raw(null);
  readonly #api: Asks;
  readonly #browser: BrowserPlayer;
  readonly #known = new Map<string, Promise<InsteadOf | null>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(code: string, api: Asks, browser?: BrowserPlayer) {
    this.code = code;
    this.#api = api;
    this.#browser = browser ?? new BrowserPlayer('rookery', async () => (await api.token()).access_token);
  }

  /** Takes in which services there are, and with an account of this person's asks which device follows. */
  async meet(sources: readonly Source[]): Promise<void> {
    this.spotify = sources.find(({ service }) => service === 'spotify') ?? null;
    if (this.spotify?.is_connected) await this.look();
  }

  /** Asks which device follows, and goes on asking while one does. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#take(await this.#api.following(this.code));
    } catch (error) {
      // Out of reach says nothing about the device; a nest that is gone has none.
      if (error instanceof ApiProblem && error.status === 404) this.#take(null);
      else this.#later();
    }
  }

  async loadDevices(): Promise<void> {
    this.devices = { kind: 'loading' };
    try {
      this.devices = { kind: 'ready', found: await this.#api.devices() };
    } catch (error) {
      const problem = error instanceof ApiProblem ? error : ApiProblem.unreachable();
      this.devices = { kind: 'failed', problem };
    }
  }

  /** Has a device follow the nest. What is refused is thrown. */
  async choose(device: string): Promise<void> {
    this.#take(await this.#api.follow(this.code, device));
  }

  /** Makes this browser a device, and has it follow. Call it within a press. */
  async chooseBrowser(volume: number): Promise<void> {
    const device = await this.#browser.start(volume);
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.choose(device);
      } catch (error) {
        const unknown = error instanceof ApiProblem && error.code === 'no_device';
        if (!unknown || tries === NEW_DEVICE_TRIES) {
          this.#browser.stop();
          throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, NEW_DEVICE_WAIT_MS));
      }
    }
  }

  async letGo(): Promise<void> {
    this.#browser.stop();
    await this.#api.letGo(this.code).catch((error: unknown) => {
      if (!(error instanceof ApiProblem && error.status === 404)) throw error;
    });
    this.#take(null);
  }

  setVolume(volume: number): void {
    this.#browser.setVolume(volume);
  }

  /** Whether one's own device plays what the nest plays from its service. */
  get isHeard(): boolean {
    return this.following !== null && standing(this.following.state) === 'well';
  }

  /** What is heard instead of a song; each song is asked for once. */
  instead(trackId: string): Promise<InsteadOf | null> {
    const known = this.#known.get(trackId);
    if (known) return known;
    const asked = this.#api.elsewhere(trackId).then(insteadOf, () => {
      this.#known.delete(trackId);
      return null;
    });
    this.#known.set(trackId, asked);
    return asked;
  }

  dispose(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#browser.stop();
  }

  #take(following: Following | null): void {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.following = following;
    if (following !== null) this.#later();
  }

  #later(): void {
    if (!this.#over) this.#timer = setTimeout(() => void this.look(), POLL_MS);
  }
}
