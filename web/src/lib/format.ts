/** `3:07`, or `1:02:03` from an hour on. */
export function clock(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const seconds = String(total % 60).padStart(2, '0');
  const minutes = Math.floor(total / 60) % 60;
  const hours = Math.floor(total / 3600);
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`;
}

/** A size as people say it: `4.2 MB`. */
export function bytes(count: number, locale: string): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: units[unit],
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0
  }).format(value);
}

/** `14:05`, by the person's own clock. */
export function timeOfDay(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

/** `Fri, 20 Nov`; with the year, unless it is this one. */
export function day(atMs: number, locale: string, nowMs: number): string {
  const year = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? undefined : 'numeric';
  const parts = { weekday: 'short', day: 'numeric', month: 'short', year } as const;
  return new Intl.DateTimeFormat(locale, parts).format(atMs);
}

/** `20 Nov 2026`. */
export function date(atMs: number, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }).format(atMs);
}

/** What happened, under the days on which it did, in the order it comes. */
export function byDay<T>(
  items: T[],
  atMs: (item: T) => number,
  locale: string,
  nowMs: number
): { day: string; items: T[] }[] {
  const groups: { day: string; items: T[] }[] = [];
  for (const item of items) {
    const label = day(atMs(item), locale, nowMs);
    const last = groups.at(-1);
    if (last?.day === label) last.items.push(item);
    else groups.push({ day: label, items: [item] });
  }
  return groups;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000]
];

/** `in 3 minutes`, `2 days ago`; anything under a minute is `now` in the language's own word. */
export function relative(deltaMs: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  for (const [unit, length] of STEPS) {
    if (Math.abs(deltaMs) >= length) return format.format(Math.round(deltaMs / length), unit);
  }
  return format.format(0, 'second');
}

/** A wait, as short as a row of a list wants it: `3 min`, `1 hr`. */
export function wait(ms: number, locale: string): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const [value, unit] = minutes < 60 ? [minutes, 'minute'] : [Math.round(minutes / 60), 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
}

/** A stable hue from 0 to 359 for a text: the colour of a face or of a song without a cover. */
export function hueOf(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  }
  return (hash >>> 0) % 360;
}

/** Up to two letters for a face. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words;
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
