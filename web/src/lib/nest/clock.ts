import type { Entry, Playback, Playing } from '$lib/api/types';

/** Where playback is, in milliseconds from the track's start; negative before it begins. */
export function positionMs(playback: Playback, serverNowMs: number): number {
  return playback.state === 'running' ? serverNowMs - playback.started_at_ms : playback.position_ms;
}

/** When an entry will be heard, if nothing changes: how long until then, and the clock time (absent while paused). */
export interface Eta {
  waitMs: number;
  atMs: number | null;
}

/** The ETA of every queued entry, in the queue's order. */
export function etas(playing: Playing | null | undefined, queue: Entry[], serverNowMs: number): Eta[] {
  let waitMs = 0;
  let paused = false;
  if (playing) {
    const position = positionMs(playing.playback, serverNowMs);
    waitMs = Math.max(0, playing.entry.track.duration_ms - position);
    paused = playing.playback.state === 'paused';
  }
  return queue.map((entry) => {
    const eta = { waitMs, atMs: paused ? null : serverNowMs + waitMs };
    waitMs += entry.track.duration_ms;
    return eta;
  });
}
