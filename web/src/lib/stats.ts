import type { Credit, JamStats, Stats } from '$lib/api/types';

/** The times that can be looked at, in days with today. */
export const RANGES_DAYS = [7, 30, 90, 365] as const;
export type RangeDays = (typeof RANGES_DAYS)[number];

/** One bar of a plot. */
export interface Bar {
  /** What is counted in it: a date (`2026-11-20`) or an hour. */
  key: string;
  value: number;
}

/** Longer times are shown by weeks: a bar a day would be finer than a phone's screen. */
const DAYS_SHOWN_MAX = 90;
const DAY_MS = 86_400_000;
const MONDAY = 1;
const STEPS_MAX = 4;

const iso = (date: Date): string => {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};
const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Whether a time is shown by weeks. */
export const isByWeek = (days: RangeDays): boolean => days > DAYS_SHOWN_MAX;

/**
 * When a time of so many days begins that ends now: at midnight, so that no day is counted by half; a time shown by weeks on
 * a Monday, so that no week is.
 */
export function beginning(days: RangeDays, nowMs: number): number {
  const now = new Date(nowMs);
  const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1));
  if (isByWeek(days)) first.setDate(first.getDate() + ((MONDAY + 7 - first.getDay()) % 7));
  return first.getTime();
}

/** Plays of each day, with the days that had none. */
export function daysOf(stats: Pick<Stats, 'days' | 'from_ms' | 'to_ms'>): Bar[] {
  const counted = new Map(stats.days.map(({ date, plays }) => [date, plays]));
  // The server's dates may reach beyond this device's by one, where their time zones differ.
  const known = [...counted.keys(), iso(new Date(stats.from_ms)), iso(new Date(stats.to_ms))].sort();
  const [first, last] = [known[0] ?? '', known.at(-1) ?? ''];
  const bars: Bar[] = [];
  for (let key = first; key <= last; key = dayAfter(key, 1)) bars.push({ key, value: counted.get(key) ?? 0 });
  return bars;
}

/** Days summed up to weeks that begin on Mondays; each is called by its first day. */
export function weeksOf(days: Bar[]): Bar[] {
  const weeks: Bar[] = [];
  for (const { key, value } of days) {
    const weekday = new Date(`${key}T00:00:00Z`).getUTCDay();
    const last = weeks.at(-1);
    if (last && weekday !== MONDAY) last.value += value;
    else weeks.push({ key: dayAfter(key, -((weekday + 6) % 7)), value });
  }
  return weeks;
}

/** Where an axis from zero has its lines so that `most` fits: at whole numbers, few and round. */
export function ticks(most: number): number[] {
  const rough = Math.max(1, most) / STEPS_MAX;
  const power = 10 ** Math.max(0, Math.floor(Math.log10(rough)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power;
  const lines = Math.ceil(Math.max(1, most) / step);
  return Array.from({ length: lines + 1 }, (_, line) => line * step);
}

/** Which of so many bars are named below, at even distances, at most `most` of them. */
export function named(count: number, most: number): number[] {
  const apart = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: Math.ceil(count / apart) }, (_, at) => at * apart);
}

/** How many songs were played. */
export const playsOf = (stats: Pick<Stats, 'days'>): number =>
  stats.days.reduce((sum, { plays }) => sum + plays, 0);

/** Who jams to whose songs, as a table: `rows[by][of]` jams. */
export interface JamTable {
  people: Credit[];
  rows: number[][];
  /** The most jams of one to another. */
  most: number;
  /** Whether some people had no room. */
  cut: boolean;
}

/** Those who jam and are jammed to most, at most so many, in that order, and what is between them. */
export function jamTable(jams: JamStats[], peopleMax: number): JamTable {
  const people = new Map<string, { credit: Credit; jams: number }>();
  for (const { by, of, jams: count } of jams) {
    for (const credit of [by, of]) {
      const known = people.get(credit.id) ?? { credit, jams: 0 };
      people.set(credit.id, { ...known, jams: known.jams + count });
    }
  }
  const order = [...people.values()].sort((a, b) => b.jams - a.jams);
  const shown = order.slice(0, peopleMax).map(({ credit }) => credit);
  const place = new Map(shown.map(({ id }, at) => [id, at]));
  const rows = shown.map(() => shown.map(() => 0));
  for (const { by, of, jams: count } of jams) {
    const row = rows[place.get(by.id) ?? -1];
    const column = place.get(of.id);
    if (row && column !== undefined) row[column] = (row[column] ?? 0) + count;
  }
  return { people: shown, rows, most: Math.max(0, ...rows.flat()), cut: order.length > shown.length };
}

/** What became of what was asked of one service. */
export interface Tally<Outcome extends string> {
  service: string;
  counts: Record<Outcome, number>;
  total: number;
}

/** Counts of days summed up by service, the busiest first. */
export function tallies<Outcome extends string>(
  counted: { service: string; outcome: Outcome; count: number }[],
  outcomes: readonly Outcome[]
): Tally<Outcome>[] {
  const found = new Map<string, Tally<Outcome>>();
  for (const { service, outcome, count } of counted) {
    const none = Object.fromEntries(outcomes.map((one) => [one, 0])) as Record<Outcome, number>;
    const tally = found.get(service) ?? { service, counts: none, total: 0 };
    tally.counts[outcome] += count;
    tally.total += count;
    found.set(service, tally);
  }
  return [...found.values()].sort((a, b) => b.total - a.total || a.service.localeCompare(b.service));
}
