import type { TrackSummary } from '$lib/api/types';
import { piecesOf, soundOf, videoOf } from '$lib/elsewhere';
import type { Hearing } from './hearing.svelte';
import type { Player } from './player.svelte';

/** What decides how a song of another service is heard. */
export interface Circumstances {
  track: TrackSummary;
  /** Whether this person wants to hear the nest here. */
  listening: boolean;
  /** Whether the page of the nest is looked at: a video must be seen where it is heard. */
  onItsPage: boolean;
  /** The video was tried, and its player refuses it for good. */
  videoRefused: boolean;
  /** A device of one's own plays it. */
  byDevice: boolean;
}

/** Whether the song's own service cannot be heard now, so that something else is looked for. */
export function unheard({ track, onItsPage, videoRefused, byDevice }: Circumstances): boolean {
  const sound = soundOf(track);
  if (sound === 'device') return !byDevice;
  return sound === 'embed' && (videoRefused || !onItsPage);
}

/**
 * Sees to it that one song of another service after the other is heard in the best way that there is for this person: its own
 * video, a device of theirs, the same song of the library or of a service that streams, another video. What was found in its place stays until the song
 * is over, so that nothing jumps when people come back to the nest's page; only one's own device takes precedence.
 */
export class OutsideSound {
  readonly #player: Pick<Player, 'show' | 'playInstead'>;
  readonly #hearing: Pick<Hearing, 'instead'>;
  #trackId: string | null = null;
  #asking = false;

  constructor(player: Pick<Player, 'show' | 'playInstead'>, hearing: Pick<Hearing, 'instead'>) {
    this.#player = player;
    this.#hearing = hearing;
  }

  /** Call it whenever anything of this changes. */
  follow(now: Circumstances): void {
    const { track } = now;
    if (track.id !== this.#trackId) this.#begin(track);
    this.#asking = now.listening && unheard(now);
    if (this.#asking) void this.#replace(track);
    else if (now.byDevice && soundOf(track) === 'device') this.#silence();
  }

  /** The song is over, or the nest was left. */
  stop(): void {
    this.#trackId = null;
    this.#asking = false;
    this.#silence();
  }

  #begin(track: TrackSummary): void {
    this.#trackId = track.id;
    const id = soundOf(track) === 'embed' ? videoOf(track.source) : null;
    this.#player.playInstead(null);
    this.#player.show(id === null ? null : { trackId: track.id, id, instead: false });
  }

  #silence(): void {
    this.#player.show(null);
    this.#player.playInstead(null);
  }

  async #replace(track: TrackSummary): Promise<void> {
    const found = await this.#hearing.instead(track.id);
    // Meanwhile the song may be over, or heard after all.
    if (found === null || !this.#asking || this.#trackId !== track.id) return;
    if (found.kind !== 'video') {
      const sound =
        found.kind === 'library'
          ? { stream_url: `/api/v1/tracks/${found.trackId}/stream` }
          : { pieces_url: piecesOf(found.trackId) };
      this.#player.show(null);
      this.#player.playInstead({ trackId: track.id, sound });
    } else if (soundOf(track) !== 'embed') {
      this.#player.show({ trackId: track.id, id: found.id, instead: true });
    }
  }
}
