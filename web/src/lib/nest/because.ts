import type { Because, Reason } from '$lib/api/types';
import type { I18n } from '$lib/state/i18n.svelte';

type Speaker = Pick<I18n, 't' | 'language' | 'locale'>;

const DAY_MS = 86_400_000;
/** From so many days on people count in years. */
const YEAR_DAYS = 360;

/** How long ago a throwback was played: `three years ago today`, `on a Friday four weeks ago`. */
function then({ t, language, locale }: Speaker, playedAtMs: number, nowMs: number): string {
  const days = Math.max(1, Math.round((nowMs - playedAtMs) / DAY_MS));
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'always' });
  const years = days >= YEAR_DAYS;
  const when = years
    ? format.format(-Math.round(days / 365.25), 'year')
    : format.format(-Math.max(1, Math.round(days / 7)), 'week');
  const [played, now] = [new Date(playedAtMs), new Date(nowMs)];
  if (years && played.getMonth() === now.getMonth() && played.getDate() === now.getDate()) {
    return t('because.today', { when });
  }
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' }).format(playedAtMs);
  return t('because.weekday', { weekday, when });
}

/** What speaks for a song, without what it follows. */
function alone({ t }: Speaker, reason: Reason): string {
  switch (reason.kind) {
    case 'same_artist':
      return t('because.artist', { artist: reason.artist });
    case 'same_album':
      return t('because.album', { album: reason.album });
    case 'same_genre':
      return t('because.genre', { genre: reason.genre });
    case 'collaborator':
      return t('because.company', { artist: reason.artist });
    case 'similar_sound':
      return t('because.sound');
    default:
      return t('because.library');
  }
}

/** Why the nest chose a song, in a sentence without its full stop. */
export function sayBecause(speaker: Speaker, { reason, seed }: Because, nowMs: number): string {
  const { t } = speaker;
  if (reason.kind === 'throwback') {
    const when = then(speaker, reason.played_at_ms, nowMs);
    return t('because.throwback', { when, name: reason.by.name });
  }
  if (reason.kind === 'favourite') {
    const count = reason.jams;
    return reason.by ? t('because.lovedOf', { count, name: reason.by.name }) : t('because.loved', { count });
  }
  const why = alone(speaker, reason);
  // What the nest chose itself explains nothing to anybody.
  if (reason.kind === 'library' || seed?.by.kind !== 'person') return why;
  return t('because.after', { why, name: seed.by.name, title: seed.title });
}

const MINUTES: readonly [Intl.NumberFormatOptions['unit'], number][] = [
  ['week', 10_080],
  ['day', 1440],
  ['hour', 60]
];

/** A time as people set it: `2 hours`, `90 minutes`, `1 week`. */
export function span(minutes: number, language: string): string {
  const [unit, length] = MINUTES.find(([, length]) => minutes > 0 && minutes % length === 0) ?? ['minute', 1];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(
    minutes / length
  );
}
