import type { TrackSummary } from '$lib/api/types';

/** What the lock screen and the media keys may do. Null: not offered. */
export interface MediaActions {
  play: () => void;
  pause: () => void;
  skip: (() => void) | null;
}

/** Tells the system what is heard. Its pause means this device, never the nest. */
export function showOnLockScreen(
  track: TrackSummary | null,
  listening: boolean,
  actions: MediaActions
): void {
  if (!('mediaSession' in navigator)) return;
  const session = navigator.mediaSession;
  session.metadata =
    track === null
      ? null
      : new MediaMetadata({
          title: track.title,
          artist: track.artist,
          album: track.album,
          artwork: track.artwork_url
            ? [96, 320, 640].map((size) => ({
                src: `${track.artwork_url}?size=${size}`,
                sizes: `${size}x${size}`
              }))
            : [{ src: '/icons/icon-512.png', sizes: '512x512', type: 'image/png' }]
        });
  session.playbackState = track === null ? 'none' : listening ? 'playing' : 'paused';
  session.setActionHandler('play', actions.play);
  session.setActionHandler('pause', actions.pause);
  session.setActionHandler('stop', actions.pause);
  session.setActionHandler('nexttrack', actions.skip);
}

/** Tells the system where the song is, for its own progress bar. */
export function showPosition(positionMs: number, durationMs: number): void {
  if (!('mediaSession' in navigator) || durationMs <= 0) return;
  const duration = durationMs / 1000;
  const position = Math.min(duration, Math.max(0, positionMs / 1000));
  navigator.mediaSession.setPositionState({ duration, position, playbackRate: 1 });
}
