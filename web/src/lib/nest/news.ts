import type { Entry, NestPublication, NestState } from '$lib/api/types';
import { entryOf } from './reactions';

/** What a publication is worth telling people, without words. */
export type News =
  | {
      kind: 'added' | 'skipped' | 'removed' | 'filtered' | 'restored' | 'unplayable';
      by: string | null;
      name: string | null;
      title: string;
    }
  | { kind: 'kicked'; by: string | null; name: null; title: string }
  | { kind: 'commented'; by: string; name: string; entry: number; title: string; text: string }
  | { kind: 'horn'; by: string; name: string; sound: string }
  /** For the adder of the song, `to`. */
  | { kind: 'jammed'; by: string; name: string; title: string; to: string }
  | { kind: 'freeHorn'; by: null; title: string; to: string }
  | {
      kind: 'paused' | 'resumed' | 'seeked' | 'cleared' | 'settings' | 'locked' | 'unlocked';
      by: string | null;
    };

const title = (state: NestState, id: number): string | null => entryOf(state, id)?.track.title ?? null;

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
    case 'track_filtered': {
      const track = before.autofill.preview?.track;
      return track?.id === event.track_id
        ? { kind: 'filtered', by: who, name: null, title: track.title }
        : null;
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
    case 'locked':
    case 'unlocked':
      return { kind: event.type, by: who };
    case 'kicked':
      return { kind: 'kicked', by: who, name: null, title: event.name };
    case 'commented': {
      const { by, name, text } = event.comment;
      const of = title(before, event.entry);
      return of === null ? null : { kind: 'commented', by, name, entry: event.entry, title: of, text };
    }
    case 'horn_blown': {
      const { by, name, sound } = event.horn;
      return { kind: 'horn', by, name, sound };
    }
    case 'jammed': {
      const entry = entryOf(before, event.entry);
      const adder = entry?.added_by;
      return event.on && adder?.kind === 'person'
        ? {
            kind: 'jammed',
            by: event.member,
            name: event.name,
            title: entry?.track.title ?? '',
            to: adder.id
          }
        : null;
    }
    case 'free_horn_earned':
      return { kind: 'freeHorn', by: null, title: title(before, event.entry) ?? '', to: event.member };
    case 'settings_changed':
      return { kind: 'settings', by: who };
    default:
      return null;
  }
}
