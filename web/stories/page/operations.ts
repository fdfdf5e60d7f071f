import type { BackupPlace, DeclaredEnvironment, OpenAlert, Operations, ReleaseChange } from '$lib/api/types';
import { LONG, UNBROKEN } from './fixtures';
import { NOW_MS } from './now';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const MIB = 1024 * 1024;
const ONE = '20260517T170700Z-b50df30-ba7816bf';
const OTHER = '20260510T091500Z-c50df30-ca7816bf';

const iso = (atMs: number): string => new Date(atMs).toISOString();

export const place = (changes: Partial<BackupPlace> = {}): BackupPlace => {
  const copy = {
    id: '20260517T200000000000Z-0a1b2c3d',
    taken_at_ms: NOW_MS - 30 * MINUTE_MS,
    bytes: 4_210_000_000,
    checked_at_ms: NOW_MS - 29 * MINUTE_MS,
    fault: null
  };
  return {
    place: 's3:copies/production',
    off_site: true,
    copies: 41,
    newest: copy,
    newest_sound: copy,
    drill: { at_ms: NOW_MS - 3 * DAY_MS, asked_ms: NOW_MS - 4 * DAY_MS, took_ms: 8_400, faults: [] },
    fault: null,
    ...changes
  };
};

/** A place of which nothing good can be said. */
export const badPlace = (): BackupPlace => {
  const good = place();
  return place({
    place: `file:/mnt/${UNBROKEN}`,
    off_site: false,
    copies: 1,
    newest: good.newest && { ...good.newest, id: 'newer', taken_at_ms: NOW_MS - 5_000, fault: LONG },
    newest_sound: null,
    drill: { at_ms: NOW_MS - 3 * DAY_MS, asked_ms: NOW_MS - 4 * DAY_MS, took_ms: 900, faults: [LONG] }
  });
};

const STEPS = ['begun', 'checking', 'backing_up', 'rehearsing', 'switching', 'smoking', 'soaking', 'waiting'];

export const change = (
  number: number,
  last: string,
  changes: Partial<ReleaseChange> = {}
): ReleaseChange => ({
  number,
  kind: 'deploy',
  release: ONE,
  previous: OTHER,
  steps: [...STEPS, last].map((name, at) => ({
    name,
    at: iso(NOW_MS - 2 * HOUR_MS - number * MINUTE_MS + at * 4_200),
    said: name === 'backing_up' ? 'a backup was made, restored and found sound' : ''
  })),
  ...changes
});

export const environment = (
  name: string,
  changes: Partial<DeclaredEnvironment> = {}
): DeclaredEnvironment => ({
  name,
  here: name === 'production',
  url: name === 'production' ? 'https://music.example.org' : `https://${name}.music.example.org`,
  target: 'ssh',
  machine: '203.0.113.5',
  trigger: 'push',
  trigger_of: 'main',
  promote_from: null,
  closed: true,
  canary: [],
  backups: [],
  releases_kept: null,
  backups_kept: null,
  logs_days: null,
  usd_month: null,
  memory_mib: null,
  ...changes
});

export const environments = (): DeclaredEnvironment[] => [
  environment('production', {
    trigger: 'release',
    trigger_of: 'published',
    promote_from: 'staging',
    closed: false,
    canary: [1, 10, 50],
    backups: ['s3:copies/production', 'file:/mnt/backups'],
    releases_kept: 5,
    backups_kept: [24, 7, 4, 6],
    logs_days: 30,
    usd_month: 6,
    memory_mib: 120
  }),
  environment('staging'),
  environment('development', { target: 'local', machine: 'this machine', trigger: 'local', trigger_of: null })
];

export const alert = (rule: string, changes: Partial<OpenAlert> = {}): OpenAlert => ({
  rule,
  about: '',
  firing: true,
  since_ms: NOW_MS - 14 * MINUTE_MS,
  value: '8.1 %',
  summary: 'Less than a tenth of a disk is free.',
  urgency: 'ticket',
  runbook: 'docs/operations/runbooks.md#the-disk-is-full',
  ...changes
});

/** A server of which everything is known, and nothing needs anybody. */
export const well = (changes: Partial<Operations> = {}): Operations => ({
  at_ms: NOW_MS - 4_000,
  process: {
    environment: 'production',
    version: '0.1.0',
    release: ONE,
    commit: 'b50df30c2f0f1d6a2b0c7a8e9d4f5a6b7c8d9e0f',
    slot: 'green',
    stance: 'serving',
    started_at_ms: NOW_MS - 3 * DAY_MS,
    engine: 'sqlite',
    visitors: 23,
    memory_bytes: 84 * MIB,
    processor_share: 0.021,
    machine_memory_share: 0.41,
    machine_processor_share: 0.12
  },
  parts: [
    { name: 'database', state: 'well', value: 'written and read in 3 ms', advice: null },
    { name: 'schema', state: 'well', value: 'as of 0015_people_and_numbers', advice: null },
    { name: 'disk', state: 'well', value: 'data: 61 % free, 15410 MiB', advice: null },
    {
      name: 'memory',
      state: 'well',
      value: '41 % taken, of the machine or of what is allotted',
      advice: null
    },
    { name: 'certificate', state: 'unknown', value: 'TLS does not end in this process', advice: null },
    { name: 'jobs', state: 'well', value: '0 to do, 0 given up', advice: null }
  ],
  alerts: { rules: 26, open: [] },
  schema: {
    known: 15,
    min_reader: 15,
    database_min_reader: 15,
    steps: ['0013_slugs', '0014_sources', '0015_people_and_numbers'].map((name, at) => ({
      name,
      state: 'applied',
      applied_at_ms: NOW_MS - (40 - 10 * at) * DAY_MS
    })),
    fault: null
  },
  backups: {
    places: [place(), place({ place: 'file:/mnt/backups', drill: null, copies: 12 })],
    every_s: 3600,
    looked_at_ms: NOW_MS - 20_000,
    shipping: true,
    shipping_lag_s: 0.2
  },
  releases: {
    here: true,
    serving: ONE,
    kept: [
      { id: ONE, proven: true },
      { id: OTHER, proven: true }
    ],
    changes: [change(3, 'done'), change(2, 'reverted', { release: OTHER, previous: ONE }), change(1, 'done')],
    fault: null
  },
  environments: environments(),
  used: [
    { what: 'database', bytes: 31_000_000 },
    { what: 'data', bytes: 4_180_000_000 },
    { what: 'backups', bytes: 3_950_000_000 },
    { what: 'releases', bytes: null }
  ],
  disks: [{ name: 'data', free_bytes: 16_100_000_000, total_bytes: 26_400_000_000, state: 'well' }],
  capacity: {
    days: 30,
    peaks: [
      { what: 'disk', name: 'data', highest: 0.39, date: '2026-05-17', full_in_days: 212, is_tight: false },
      { what: 'memory', name: '', highest: 0.61, date: '2026-05-12', full_in_days: null, is_tight: false },
      { what: 'processor', name: '', highest: 0.84, date: '2026-05-15', full_in_days: null, is_tight: true },
      { what: 'visitors', name: '', highest: 38, date: '2026-05-15', full_in_days: null, is_tight: false }
    ]
  },
  ...changes
});

/** A server that needs somebody for several things. */
export const needy = (): Operations => {
  const fine = well();
  return {
    ...fine,
    process: { ...fine.process, memory_bytes: 168 * MIB },
    parts: fine.parts.map((part) =>
      part.name === 'jobs'
        ? {
            ...part,
            state: 'wrong',
            value: '12 to do, 3 given up, nobody for 20 min',
            advice: 'docs/operations/runbooks.md#background-work-stands-still'
          }
        : part
    ),
    alerts: {
      rules: 26,
      open: [
        alert('RookeryDisk', { about: 'data' }),
        alert('RookeryErrors', {
          urgency: 'page',
          summary: 'More than one request of a hundred fails.',
          value: '3.2 %',
          runbook: 'docs/operations/runbooks.md#requests-fail'
        }),
        alert('RookeryProcessor', { firing: false, value: '96 %' })
      ]
    },
    backups: { ...fine.backups, places: [badPlace()], shipping: false, shipping_lag_s: 340 },
    releases: { ...fine.releases, changes: [change(4, 'held'), ...fine.releases.changes] }
  };
};

/** A server that somebody just started, with nothing said. */
export const bare = (): Operations => ({
  ...well(),
  process: {
    ...well().process,
    release: null,
    commit: null,
    slot: null,
    memory_bytes: null,
    processor_share: null,
    machine_memory_share: null,
    machine_processor_share: null
  },
  backups: { places: [], every_s: null, looked_at_ms: null, shipping: null, shipping_lag_s: null },
  releases: { here: false, serving: null, kept: [], changes: [], fault: null },
  environments: [],
  used: [],
  disks: [],
  capacity: { days: 30, peaks: [] }
});
