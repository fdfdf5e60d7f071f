/** What of the state of a server needs somebody, in the order in which it does. */
import type {
  BackupPlace,
  DeclaredEnvironment,
  HealthPart,
  OpenAlert,
  Operations,
  Peak,
  ReleaseChange
} from '$lib/api/types';

export type Finding =
  | { kind: 'alert'; alert: OpenAlert }
  | { kind: 'part'; part: HealthPart }
  | { kind: 'backupUnreachable'; place: BackupPlace }
  | { kind: 'backupUnsound'; place: BackupPlace }
  | { kind: 'drillFailed'; place: BackupPlace }
  | { kind: 'backupsNone' }
  | { kind: 'backupsNear' }
  | { kind: 'changeHeld'; change: ReleaseChange }
  | { kind: 'changeReverted'; change: ReleaseChange }
  | { kind: 'memoryOver'; bytes: number; mib: number };

const MIB = 1024 * 1024;

/** Which part of the close look an alert says the same of. */
const PART_OF: readonly [RegExp, string][] = [
  [/^RookeryDatabase/, 'database'],
  [/^RookeryDisk/, 'disk'],
  [/^RookeryMachineMemory/, 'memory'],
  [/^RookeryBackup/, 'backups'],
  [/^RookeryCertificate/, 'certificate'],
  [/^RookeryJobs/, 'jobs']
];

/** How a change ended, or that it goes on. */
export type Ending = 'done' | 'reverted' | 'abandoned' | 'held' | 'running';
const ENDINGS: readonly Ending[] = ['done', 'reverted', 'abandoned', 'held'];

export function ending(change: ReleaseChange): Ending {
  const last = change.steps.at(-1)?.name;
  return ENDINGS.find((one) => one === last) ?? 'running';
}

/** What is declared of the environment that answers. */
export const declaredHere = (found: Operations): DeclaredEnvironment | null =>
  found.environments.find(({ here }) => here) ?? null;

/** The most that was taken lately. A page may be newer than the server that answers: that one tells nothing. */
export const peaksOf = (found: Partial<Operations>): Peak[] => found.capacity?.peaks ?? [];

/** Everything that needs somebody; what two notice is said once. */
export function findings(found: Operations): Finding[] {
  const firing = found.alerts.open.filter((alert) => alert.firing);
  const covered = new Set(
    firing.flatMap(({ rule }) => PART_OF.filter(([pattern]) => pattern.test(rule)).map(([, part]) => part))
  );
  const told = (pattern: RegExp): boolean => firing.some(({ rule }) => pattern.test(rule));
  const backups = ofBackups(found, told);
  // Why no backup is all right is said with its place, unless the trouble is that all are old.
  if (backups.length > 0 && isRecent(found)) covered.add('backups');
  const wrong = found.parts.filter(({ name, state }) => state === 'wrong' && !covered.has(name));
  return [
    ...firing
      .toSorted((one, other) => Number(other.urgency === 'page') - Number(one.urgency === 'page'))
      .map((alert): Finding => ({ kind: 'alert', alert })),
    ...wrong.map((part): Finding => ({ kind: 'part', part })),
    ...backups,
    ...ofReleases(found),
    ...(told(/^RookeryMemory$/) ? [] : ofMemory(found))
  ];
}

/** Whether some place has a sound copy that is as young as it should be. */
function isRecent({ at_ms: now, backups: { places, every_s: every } }: Operations): boolean {
  return places.some(
    ({ newest_sound: sound }) => sound != null && now - sound.taken_at_ms <= 2_000 * (every ?? 0)
  );
}

function ofBackups(found: Operations, told: (pattern: RegExp) => boolean): Finding[] {
  const { places } = found.backups;
  if (places.length === 0)
    return found.process.environment === 'development' ? [] : [{ kind: 'backupsNone' }];
  const all = places.flatMap((place): Finding[] => {
    if (place.fault != null) return [{ kind: 'backupUnreachable', place }];
    const isUnsound = place.newest?.fault != null && !told(/^RookeryBackup(Failed|Old)/);
    return [
      ...(isUnsound ? [{ kind: 'backupUnsound', place } as const] : []),
      ...(place.drill && place.drill.faults.length > 0 && !told(/^RookeryDrillFailed/)
        ? [{ kind: 'drillFailed', place } as const]
        : [])
    ];
  });
  const isNear = places.every((place) => !place.off_site) && !told(/^RookeryBackupOnlyHere/);
  return isNear ? [...all, { kind: 'backupsNear' }] : all;
}

/** What the last change that ended left to be looked at. */
function ofReleases(found: Operations): Finding[] {
  const last = found.releases.changes.find((change) => ending(change) !== 'running');
  if (!last) return [];
  const how = ending(last);
  if (how === 'held') return [{ kind: 'changeHeld', change: last }];
  if (how === 'reverted') return [{ kind: 'changeReverted', change: last }];
  return [];
}

function ofMemory(found: Operations): Finding[] {
  const mib = declaredHere(found)?.memory_mib;
  const bytes = found.process.memory_bytes;
  if (mib == null || bytes == null || bytes <= mib * MIB) return [];
  return [{ kind: 'memoryOver', bytes, mib }];
}

/** The line that declares backups, where it belongs: in the environment's part, or among the settings of all. */
export function backupsLine(found: Operations): string {
  const here = declaredHere(found);
  return here === null
    ? 'backup_to = "file:/mnt/backups"'
    : `[environments.${here.name}] backups = { to = ["file:/mnt/backups"], every = "1h" }`;
}

/** A migration's number, of `0015_people_and_numbers`. */
export const numberOf = (name: string): number => Number.parseInt(name, 10);

const SPANS: readonly [string, number, number][] = [
  ['day', 86_400_000, 36 * 3_600_000],
  ['hour', 3_600_000, 3_600_000],
  ['minute', 60_000, 90_000],
  ['second', 1_000, 0]
];

/** How long something takes or lasts: `0.4 sec`, `12 min`, `3 days`. */
export function span(ms: number, locale: string, unitDisplay: 'short' | 'long' = 'short'): string {
  const [unit, length] = SPANS.find(([, , from]) => ms >= from) ?? ['second', 1_000, 0];
  const value = ms / length;
  const maximumFractionDigits = unit === 'second' && value < 10 && unitDisplay === 'short' ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(
    value
  );
}

/** Memory as budgets are declared: `120 MiB`. */
export const mebibytes = (bytes: number, locale: string): string =>
  `${new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }).format(bytes / MIB)} MiB`;

export const percent = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(
    share
  );

export const dollars = (amount: number, locale: string): string =>
  new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: 'USD',
    maximumFractionDigits: Number.isInteger(amount) ? 0 : 2
  }).format(amount);

/** A moment to the second, for whoever wants to know exactly. */
export const exactly = (atMs: number, locale: string): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' }).format(atMs);
