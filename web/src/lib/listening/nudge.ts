/**
 * The nudge of this device, remembered.
 */
import type { Surroundings } from './surroundings';

/** The largest nudge, either way, in milliseconds. */
export const NUDGE_MS_MAX = 500;

const KEY = 'rookery.listening.nudge_ms';

function clamp(nudgeMs: number): number {
  if (!Number.isFinite(nudgeMs)) return 0;
  return Math.max(-NUDGE_MS_MAX, Math.min(NUDGE_MS_MAX, Math.round(nudgeMs)));
}

/** What was remembered, or 0. */
export function readNudge(storage: Surroundings['storage']): number {
  try {
    return clamp(Number(storage?.getItem(KEY) ?? 0));
  } catch {
    return 0;
  }
}

/** Remembers a nudge; returns what was made of it. */
export function writeNudge(storage: Surroundings['storage'], nudgeMs: number): number {
  const kept = clamp(nudgeMs);
  try {
    storage?.setItem(KEY, String(kept));
  } catch {
    // Private windows may refuse; it then lasts as long as the page.
  }
  return kept;
}
