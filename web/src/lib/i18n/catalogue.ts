/**
 * Which messages there are, and how those beyond the first load are fetched: an area at a time, in one language, with the
 * page or the dialog that says them. A page names its areas in its `load`, a dialog at its `Later`.
 */
import { en } from './en';
import type { Message } from './message';

type English = typeof en &
  typeof import('./en/guide').guide &
  typeof import('./en/history').history &
  typeof import('./en/host').host &
  typeof import('./en/library').library &
  typeof import('./en/operations').operations &
  typeof import('./en/panels').panels &
  typeof import('./en/settings').settings &
  typeof import('./en/sources').sources &
  typeof import('./en/stats').stats;

export type Key = keyof English;
/** A message as English has it; its names in braces are what the others fill in as well. */
export type MessageOf<K extends Key> = English[K];
/** The messages that have been fetched. */
export type Fetched = Readonly<Partial<Record<Key, Message>>>;

type Fetch = () => Promise<Fetched>;

const FETCH = {
  en: {
    core: async () => en,
    guide: async () => (await import('./en/guide')).guide,
    history: async () => (await import('./en/history')).history,
    host: async () => (await import('./en/host')).host,
    library: async () => (await import('./en/library')).library,
    operations: async () => (await import('./en/operations')).operations,
    panels: async () => (await import('./en/panels')).panels,
    settings: async () => (await import('./en/settings')).settings,
    sources: async () => (await import('./en/sources')).sources,
    stats: async () => (await import('./en/stats')).stats
  },
  de: {
    core: async () => (await import('./de')).de,
    guide: async () => (await import('./de/guide')).guide,
    history: async () => (await import('./de/history')).history,
    host: async () => (await import('./de/host')).host,
    library: async () => (await import('./de/library')).library,
    operations: async () => (await import('./de/operations')).operations,
    panels: async () => (await import('./de/panels')).panels,
    settings: async () => (await import('./de/settings')).settings,
    sources: async () => (await import('./de/sources')).sources,
    stats: async () => (await import('./de/stats')).stats
  }
} as const satisfies Record<string, Record<string, Fetch>>;

export type Language = keyof typeof FETCH;
/** What is said together: `core` is in the first load. */
export type Area = keyof (typeof FETCH)['en'];
export const AREAS = Object.keys(FETCH.en) as Area[];

/** The messages of these areas in one language. */
export async function fetchMessages(language: Language, areas: Iterable<Area>): Promise<Fetched> {
  const found = await Promise.all([...areas].map((area) => FETCH[language][area]()));
  return Object.assign({}, ...found) as Fetched;
}
