/** What is known of songs of music services without asking anybody. Pure. */
import type { Link, Source, SourceKind, SourceTrack } from './api/types';

/** The most songs that are added by one press: the most a queue can be set to hold. */
export const ADDED_AT_ONCE_MAX = 200;

const LINK =
  /\b(?:https?:\/\/\S|spotify:(?:track|album|artist|playlist|episode|show):|(?:open\.spotify\.com|youtu\.be|(?:www\.|m\.|music\.)?youtube\.com|(?:m\.|on\.)?soundcloud\.com)\/\S)/i;

/** Whether a text holds links, so that it is read as such instead of being looked for. */
export const hasLinks = (text: string): boolean => LINK.test(text);

/** What several lines are in a field of one line: links would run into each other otherwise. */
export const inOneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What kinds can be chosen between; none where there is nothing to choose. */
export const kindsOf = (source: Pick<Source, 'search'>): readonly SourceKind[] =>
  source.search.length > 1 ? source.search : [];

/** What of these can be added, each song once. */
export function addable(tracks: readonly SourceTrack[]): SourceTrack[] {
  const seen = new Set<string>();
  return tracks.filter(({ source, refused }) => {
    if (refused || seen.has(source)) return false;
    seen.add(source);
    return true;
  });
}

/** All songs of some links that can be added, in the order they were pasted. */
export const addableOf = (links: readonly Link[]): SourceTrack[] =>
  addable(links.flatMap(({ tracks }) => tracks));
