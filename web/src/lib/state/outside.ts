import type { Entry } from '$lib/api/types';
import { audible, soundOf } from '$lib/elsewhere';
import type { Hearing } from './hearing.svelte';
import type { Player } from './player.svelte';

/** What becomes of a song that is not for the engine: it is heard by another service, or not at all; null for the others. */
export type Outside = 'heard' | 'silent' | null;

/**
 * How a song is heard that is not for the engine. A device of one's own plays wherever one looks, a video only where its
 * player is: on the page of its nest.
 */
export function outsideOf(
  entry: Entry | null | undefined,
  player: Pick<Player, 'instead' | 'video'>,
  hearing: Pick<Hearing, 'isHeard'> | null,
  onItsPage: boolean
): Outside {
  if (entry == null || audible(entry, player.instead) !== null) return null;
  const sound = soundOf(entry.track);
  const byDevice = sound === 'device' && hearing?.isHeard === true;
  const byVideo = onItsPage && (sound === 'embed' || player.video?.trackId === entry.track.id);
  return byDevice || byVideo ? 'heard' : 'silent';
}
