/**
 * From what the nest says and what time it is at the server: what should sound, where in it, and what comes then.
 *
 * Pure. All times are milliseconds since 1970 by the server's clock. The server starts the next track exactly where
 * the playing one ends, so the end of a track is known before it is announced; this file is where that is relied on.
 */
import type { ListeningEntry, ListeningNest, Playback } from './status';

/** A track and when it sounds. */
export interface Slot {
  entry: ListeningEntry;
  /** When position 0 is heard. */
  startsAtMs: number;
  /** When it gives way to the next track. */
  endsAtMs: number;
}

/** What should sound at one moment. */
export type Plan =
  | { kind: 'nothing' }
  | { kind: 'paused'; entry: ListeningEntry; positionMs: number; next: ListeningEntry | null }
  /** `positionMs` below 0 is a count-in. `next` is where it will be if nobody intervenes. */
  | { kind: 'playing'; current: Slot; positionMs: number; next: Slot | null }
  /** `ended` is over, and what follows has not been announced. */
  | { kind: 'between'; ended: ListeningEntry };

/** The position of a playback at a moment of the server's clock; negative during a count-in, past the end after it. */
export function positionAt(playback: Playback, serverMs: number): number {
  return playback.state === 'paused' ? playback.position_ms : serverMs - playback.started_at_ms;
}

function slot(entry: ListeningEntry, startsAtMs: number): Slot {
  return { entry, startsAtMs, endsAtMs: startsAtMs + entry.track.duration_ms };
}

/** What should sound at `serverMs`. */
export function planAt(nest: ListeningNest, serverMs: number): Plan {
  const playing = nest.playing;
  if (!playing) return { kind: 'nothing' };
  const next = nest.next ?? null;
  if (playing.playback.state === 'paused') {
    return { kind: 'paused', entry: playing.entry, positionMs: playing.playback.position_ms, next };
  }
  const current = slot(playing.entry, playing.playback.started_at_ms);
  const following = next ? slot(next, current.endsAtMs) : null;
  if (serverMs < current.endsAtMs) {
    return { kind: 'playing', current, positionMs: serverMs - current.startsAtMs, next: following };
  }
  // The announcement is on its way, or the network is gone: go on as the server does.
  if (following && serverMs < following.endsAtMs) {
    return { kind: 'playing', current: following, positionMs: serverMs - following.startsAtMs, next: null };
  }
  return { kind: 'between', ended: following ? following.entry : current.entry };
}

/** When the plan of `planAt` changes by itself; null when only an update can change it. */
export function planChangesAt(plan: Plan): number | null {
  return plan.kind === 'playing' ? plan.current.endsAtMs : null;
}
