import { expect, test } from 'vitest';
import type { BackupPlace, OpenAlert, Operations, ReleaseChange } from '$lib/api/types';
import { backupsLine, dollars, ending, findings, mebibytes, peaksOf, percent, span } from './operations';

const MIB = 1024 * 1024;
const copy = { id: 'one', taken_at_ms: 1, bytes: 10, checked_at_ms: 2, fault: null };
const place = (changes: Partial<BackupPlace> = {}): BackupPlace => ({
  place: 's3:copies',
  off_site: true,
  copies: 1,
  newest: copy,
  newest_sound: copy,
  drill: null,
  fault: null,
  ...changes
});
const badPlace = (): BackupPlace =>
  place({
    place: 'file:/mnt/copies',
    off_site: false,
    newest: { ...copy, fault: 'damaged' },
    drill: { at_ms: 1, asked_ms: 1, took_ms: 1, faults: ['damaged'] }
  });
const alert = (rule: string, changes: Partial<OpenAlert> = {}): OpenAlert => ({
  rule,
  about: '',
  firing: true,
  since_ms: 1,
  value: '1',
  summary: 'Bad.',
  urgency: 'ticket',
  runbook: 'docs/operations/runbooks.md',
  ...changes
});
const change = (number: number, last: string): ReleaseChange => ({
  number,
  kind: 'deploy',
  release: 'one',
  previous: null,
  steps: ['begun', last].map((name) => ({ name, at: '2026-05-17T20:30:00Z', said: '' }))
});
const quiet = { rules: 26, open: [] };

const bare = (): Operations => ({
  at_ms: 1,
  process: {
    environment: 'production',
    version: '0.1.0',
    stance: 'serving',
    started_at_ms: 0,
    engine: 'sqlite',
    visitors: 1,
    memory_bytes: 84 * MIB
  },
  parts: [{ name: 'jobs', state: 'well', value: '0 to do' }],
  alerts: quiet,
  schema: { known: 1, min_reader: 1, steps: [] },
  backups: { places: [] },
  releases: { here: false, kept: [], changes: [] },
  environments: [],
  used: [],
  disks: [],
  capacity: { days: 30, peaks: [] }
});
const well = (changes: Partial<Operations> = {}): Operations => ({
  ...bare(),
  backups: { places: [place()] },
  releases: { here: true, kept: [], changes: [change(1, 'done')] },
  environments: [
    {
      name: 'production',
      here: true,
      url: 'https://music.example.org',
      target: 'local',
      machine: 'this machine',
      trigger: 'manual',
      closed: false,
      canary: [],
      backups: [],
      memory_mib: 120
    }
  ],
  ...changes
});

const kinds = (found: Parameters<typeof findings>[0]): string[] => findings(found).map(({ kind }) => kind);

test('a server of which everything is known and good needs nobody', () => {
  expect(findings(well())).toEqual([]);
});

test('what needs somebody is said once, and what wakes people up comes first', () => {
  const found = findings(
    well({
      process: { ...bare().process, memory_bytes: 168 * MIB },
      parts: [{ name: 'jobs', state: 'wrong', value: 'nobody for 20 min' }],
      alerts: { rules: 26, open: [alert('RookeryDisk'), alert('RookeryErrors', { urgency: 'page' })] },
      backups: { places: [badPlace()] },
      releases: { here: true, kept: [], changes: [change(2, 'held'), change(1, 'done')] }
    })
  );
  expect(found.map(({ kind }) => kind)).toEqual([
    'alert',
    'alert',
    'part',
    'backupUnsound',
    'drillFailed',
    'backupsNear',
    'changeHeld',
    'memoryOver'
  ]);
  expect(found[0]).toMatchObject({ alert: { rule: 'RookeryErrors' } });
});

test('an alert says what the close look and the places of backups say as well', () => {
  const found = well({
    parts: [{ name: 'disk', state: 'wrong', value: 'data: 8 % free', advice: null }],
    alerts: {
      rules: 26,
      open: [alert('RookeryDisk'), alert('RookeryBackupFailed'), alert('RookeryDrillFailed')]
    },
    backups: { places: [badPlace(), place()] }
  });
  expect(kinds(found)).toEqual(['alert', 'alert', 'alert']);
  expect(kinds({ ...found, alerts: quiet })).toEqual(['part', 'backupUnsound', 'drillFailed']);
});

test('what is bad for a moment only needs nobody yet', () => {
  expect(
    kinds(well({ alerts: { rules: 26, open: [alert('RookeryProcessor', { firing: false })] } }))
  ).toEqual([]);
});

test('without backups somebody is needed, but not on one’s own machine', () => {
  expect(kinds(bare())).toEqual(['backupsNone']);
  const mine = bare();
  expect(kinds({ ...mine, process: { ...mine.process, environment: 'development' } })).toEqual([]);
  expect(backupsLine(bare())).toBe('backup_to = "file:/mnt/backups"');
  expect(backupsLine(well())).toContain('[environments.production] backups = {');
});

test('that the backups are not well is said with their place, unless they are old', () => {
  const parts = [{ name: 'backups', state: 'wrong' as const, value: 'not all right' }];
  const near = { places: [place({ off_site: false })], every_s: 3_600 };
  expect(kinds(well({ parts, backups: near }))).toEqual(['backupsNear']);
  const later = 3 * 3_600_000;
  expect(kinds(well({ parts, backups: near, at_ms: later }))).toEqual(['part', 'backupsNear']);
});

test('a place that cannot be looked at is not said to be bad besides', () => {
  const found = well({ backups: { places: [{ ...badPlace(), fault: 'no route' }, place()] } });
  expect(kinds(found)).toEqual(['backupUnreachable']);
});

test('the last change that ended counts, and one under way has not', () => {
  expect(ending(change(1, 'soaking'))).toBe('running');
  const { releases } = well();
  const of = (...changes: ReturnType<typeof change>[]): string[] =>
    kinds(well({ releases: { ...releases, changes } }));
  expect(of(change(3, 'soaking'), change(2, 'reverted'))).toEqual(['changeReverted']);
  expect(of(change(3, 'done'), change(2, 'held'))).toEqual([]);
  expect(of(change(3, 'abandoned'), change(2, 'held'))).toEqual([]);
});

test('spans, memory, shares and money are said as people say them', () => {
  expect(span(400, 'en')).toBe('0.4 sec');
  expect(span(42_000, 'en')).toBe('42 sec');
  expect(span(20 * 60_000, 'en', 'long')).toBe('20 minutes');
  expect(span(3_600_000, 'en', 'long')).toBe('1 hour');
  expect(span(30 * 3_600_000, 'en', 'long')).toBe('30 hours');
  expect(span(3 * 86_400_000, 'de', 'long')).toBe('3 Tage');
  expect(mebibytes(84 * 1024 * 1024, 'en')).toBe('84 MiB');
  expect([percent(0.021, 'en'), percent(0.41, 'en')]).toEqual(['2.1%', '41%']);
  expect([dollars(6, 'en'), dollars(6.5, 'en')]).toEqual(['$6', '$6.50']);
});

test('a server that is older than its page tells no peaks, and the page shows the rest', () => {
  const { capacity: none, ...older } = bare();
  expect(none.peaks).toEqual([]);
  expect(peaksOf(older)).toEqual([]);
});
