import type { TrackSummary } from '$lib/api/types';

/** Another service that has a song. */
export interface Elsewhere {
  /** Its name, for people. */
  service: string;
  /** Where the song plays there; null where the id is no address. */
  url: string | null;
}

/** Where a song comes from, by the contract's `source`: `spotify:track:…`, `spotify:episode:…`, `youtube:…`, `soundcloud:…`. */
export function elsewhere(source: string | null | undefined): Elsewhere | null {
  if (source == null) return null;
  const parts = source.split(':').map(encodeURIComponent);
  const [service = '', id = ''] = parts;
  switch (service) {
    case 'spotify':
      return { service: 'Spotify', url: `https://open.spotify.com/${id}/${parts[2] ?? ''}` };
    case 'youtube':
      return { service: 'YouTube', url: `https://www.youtube.com/watch?v=${id}` };
    case 'soundcloud':
      // Its numbers are for programs: no page has one as its address.
      return { service: 'SoundCloud', url: null };
    default:
      return { service: service === '' ? source : service, url: null };
  }
}

/** The track of the library under which a song is heard here; null for one that only another service has. */
export function heardAs(track: Pick<TrackSummary, 'id' | 'source' | 'match'>): string | null {
  return track.source == null ? track.id : (track.match ?? null);
}

/**
 * How a song is heard in this browser: `here` by the nest's own sound; `stream` likewise, by a service's pieces; `embed` by
 * the service's player in the page; `device` by a device of one's own account; `nowhere` for a service of a later server.
 */
export type Sound = 'here' | 'stream' | 'embed' | 'device' | 'nowhere';

export function soundOf(track: Pick<TrackSummary, 'id' | 'source' | 'match'>): Sound {
  if (track.source == null || heardAs(track) !== null) return 'here';
  const ways: Record<string, Sound> = { spotify: 'device', youtube: 'embed', soundcloud: 'stream' };
  return ways[track.source.split(':', 1)[0] ?? ''] ?? 'nowhere';
}

/** Whether a song is heard by another service's player, or by a device of one's own, if it is heard at all. */
export function isOutside(track: Parameters<typeof soundOf>[0]): boolean {
  return ['embed', 'device'].includes(soundOf(track));
}

/** The id that YouTube's player takes, of a `source` of YouTube. */
export function videoOf(source: string | null | undefined): string | null {
  return /^youtube:([\w-]{6,20})$/.exec(source ?? '')?.[1] ?? null;
}

/** What is heard by the engine in place of a song of another service: one of the library, or one that SoundCloud streams. */
export interface Instead {
  trackId: string;
  sound: { stream_url: string } | { pieces_url: string };
}

/** Where the engine gets a song of SoundCloud, in pieces. */
export const piecesOf = (trackId: string): string => `/api/v1/tracks/${trackId}/outside-stream`;

/** What the listening engine is told of an entry; null for one that sounds elsewhere. */
export function audible<E extends { track: TrackSummary }>(
  entry: E | null | undefined,
  instead: Instead | null
): (E & { track: { pieces_url?: string } }) | null {
  if (entry == null) return null;
  const { track } = entry;
  switch (soundOf(track)) {
    case 'here':
      return entry;
    case 'stream':
      return { ...entry, track: { ...track, pieces_url: piecesOf(track.id) } };
    default:
      return instead?.trackId === track.id ? { ...entry, track: { ...track, ...instead.sound } } : null;
  }
}
