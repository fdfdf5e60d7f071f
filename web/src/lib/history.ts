import type { ChosenBy, PlaySource } from '$lib/api/types';

/** Which plays of a history are looked at. What is null is not asked about. */
export interface HistoryFilter {
  /** Words of title, artist or album. */
  text: string;
  /** The id of whoever added it. */
  by: string | null;
  source: PlaySource | null;
  chosenBy: ChosenBy | null;
  /** The first and the last day, as `2026-11-20`, by this device's calendar. */
  from: string | null;
  to: string | null;
}

export const SOURCES = ['library', 'spotify', 'youtube', 'soundcloud'] as const satisfies PlaySource[];
export const CHOOSERS = ['people', 'autofill'] as const satisfies ChosenBy[];
export const TEXT_CHARACTERS_MAX = 100;
/** The longest time of a table that can be downloaded at once. */
const TABLE_DAYS_MAX = 365;
const DAY_MS = 86_400_000;

export const EVERYTHING: HistoryFilter = {
  text: '',
  by: null,
  source: null,
  chosenBy: null,
  from: null,
  to: null
};

const oneOf = <T extends string>(choices: readonly T[], text: string | null): T | null =>
  choices.find((choice) => choice === text) ?? null;

/** A day of the calendar, or null if the text is none. */
function dayOf(text: string | null): string | null {
  if (text === null || !/^\d{4}-\d\d-\d\d$/.test(text)) return null;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? text : null;
}

/** When a day begins on this device, or the day so many later. */
function midnight(day: string, later = 0): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + later).getTime();
}

/** What an address asks for. What it cannot mean is left out. */
export function filterOf(query: URLSearchParams): HistoryFilter {
  return {
    text: (query.get('text') ?? '').slice(0, TEXT_CHARACTERS_MAX),
    by: query.get('by') || null,
    source: oneOf(SOURCES, query.get('source')),
    chosenBy: oneOf(CHOOSERS, query.get('chosen_by')),
    from: dayOf(query.get('from')),
    to: dayOf(query.get('to'))
  };
}

/** The same as the end of an address, which another person can be sent: with its question mark, or empty. */
export function addressOf({ text, by, source, chosenBy, from, to }: HistoryFilter): string {
  const query = new URLSearchParams();
  const parts = { text: text.trim(), by, source, chosen_by: chosenBy, from, to };
  for (const [name, value] of Object.entries(parts)) if (value) query.set(name, value);
  return query.size === 0 ? '' : `?${query}`;
}

/** How many things are asked about beside words. */
export const asked = ({ by, source, chosenBy, from, to }: HistoryFilter): number =>
  [by, source, chosenBy, from, to].filter((one) => one !== null).length;

/** What the server is asked. The last day is meant whole. */
export interface PlayQuery {
  by?: string;
  source?: PlaySource;
  chosen_by?: ChosenBy;
  text?: string;
  from_ms?: number;
  to_ms?: number;
}

export function queryOf({ text, by, source, chosenBy, from, to }: HistoryFilter): PlayQuery {
  return {
    by: by ?? undefined,
    source: source ?? undefined,
    chosen_by: chosenBy ?? undefined,
    text: text.trim() || undefined,
    from_ms: from === null ? undefined : midnight(from),
    to_ms: to === null ? undefined : midnight(to, 1)
  };
}

/** What the server is asked for the table of the same plays: of a year at most, the last one. */
export function tableQuery(
  filter: HistoryFilter,
  nowMs: number
): PlayQuery & { from_ms: number; to_ms: number } {
  const query = queryOf(filter);
  const to_ms = query.to_ms ?? Math.round(nowMs);
  return { ...query, to_ms, from_ms: Math.max(query.from_ms ?? 0, to_ms - TABLE_DAYS_MAX * DAY_MS) };
}
