import type { Entry, NestPublication, NestState } from '$lib/api/types';

/** What a publication is worth telling people, without words. */
export type News =
  | {
      kind: 'added' | 'skipped' | 'removed' | 'restored' | 'unplayable';
      by: string | null;
      name: string | null;
      title: string;
    }
  | { kind: 'paused' | 'resumed' | 'seeked' | 'cleared' | 'settings'; by: string | null };

function title(state: NestState, id: number): string | null {
  const entry =
    state.playing?.entry.id === id ? state.playing.entry : state.queue.find((queued) => queued.id === id);
  return entry?.track.title ?? null;
}

const nameOf = (entry: Entry): string | null =>
  entry.added_by.kind === 'person' ? entry.added_by.name : null;

/**
 * The news in a publication, given the state it met; null when there is none: votes and the turn of songs are seen,
 * not told, and so is what the nest does by itself.
 */
export function news({ by, event }: NestPublication, before: NestState): News | null {
  const who = by ?? null;
  switch (event.type) {
    case 'entry_added':
      return event.entry.added_by.kind === 'autofill'
        ? null
        : { kind: 'added', by: who, name: nameOf(event.entry), title: event.entry.track.title };
    case 'entry_restored':
      return { kind: 'restored', by: who, name: null, title: event.entry.track.title };
    case 'entry_removed': {
      const removed = title(before, event.entry);
      return removed === null || who === null
        ? null
        : { kind: 'removed', by: who, name: null, title: removed };
    }
    case 'playback_ended': {
      const ended = title(before, event.entry);
      if (ended === null || event.outcome === 'finished') return null;
      return { kind: event.outcome, by: who, name: null, title: ended };
    }
    case 'playback_changed':
      return { kind: event.change, by: who };
    case 'queue_cleared':
      return { kind: 'cleared', by: who };
    case 'settings_changed':
      return { kind: 'settings', by: who };
    default:
      return null;
  }
}
