/** What things are called on the page of operations; what a later server names so stays as it is. */
import type { Peak } from '$lib/api/types';
import type { I18n } from '$lib/state/i18n.svelte';

const PARTS = [
  'database',
  'schema',
  'disk',
  'memory',
  'backups',
  'certificate',
  'jobs',
  'clock',
  'bus'
] as const;
const ENGINES = ['sqlite', 'postgres', 'libsql'] as const;
const STANCES = ['serving', 'waiting', 'leaving', 'ending'] as const;
const ROOM = ['data', 'database', 'play_logs', 'backups', 'releases'] as const;
const PEAKS = ['processor', 'memory', 'visitors'] as const;
const KINDS = ['deploy', 'rollback'] as const;
const ENDINGS = ['done', 'reverted', 'abandoned', 'held', 'running'] as const;
const STEPS = [
  'begun',
  'checking',
  'backing_up',
  'rehearsing',
  'trying',
  'switching',
  'smoking',
  'soaking',
  'waiting',
  'reverting'
] as const;

const known = <K extends string>(all: readonly K[], name: string): K | undefined =>
  all.find((one) => one === name);

export function partName({ t }: I18n, name: string): string {
  const part = known(PARTS, name);
  return part ? t(`operations.part.${part}`) : name;
}

export function engineName({ t }: I18n, name: string): string {
  const engine = known(ENGINES, name);
  return engine ? t(`operations.engine.${engine}`) : name;
}

export function stanceName({ t }: I18n, name: string): string {
  const stance = known(STANCES, name);
  return stance ? t(`operations.stance.${stance}`) : name;
}

export function roomName({ t }: I18n, name: string): string {
  const what = known(ROOM, name);
  return what ? t(`operations.room.${what}`) : name;
}

export function peakName({ t }: I18n, { what, name }: Peak): string {
  if (what === 'disk') return t('operations.disk', { names: name });
  const peak = known(PEAKS, what);
  return peak ? t(`operations.peak.${peak}`) : what;
}

export function kindName({ t }: I18n, name: string): string {
  const kind = known(KINDS, name);
  return kind ? t(`operations.kind.${kind}`) : name;
}

export function stepName({ t }: I18n, name: string): string {
  const step = known(STEPS, name);
  if (step) return t(`operations.step.${step}`);
  const ending = known(ENDINGS, name);
  return ending ? t(`operations.ending.${ending}`) : name;
}
