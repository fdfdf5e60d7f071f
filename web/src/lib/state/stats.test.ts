import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { Stats } from '$lib/api/types';
import { Numbers } from './stats.svelte';

const NOW_MS = new Date(2026, 4, 17, 20).getTime();
const stats = (from_ms: number): Stats => ({
  from_ms,
  to_ms: NOW_MS,
  days: [],
  hours: Array<number>(24).fill(0),
  people: [],
  songs: [],
  jams: []
});

const services = {
  providerStats: async (from_ms: number, to_ms: number) => ({ from_ms, to_ms, calls: [] }),
  signInStats: async (from_ms: number, to_ms: number) => ({ from_ms, to_ms, sign_ins: [] })
};

test('sign-ins are asked for by administrators alone', async () => {
  const numbers = new Numbers({ stats: async (_, from) => stats(from), nests: async () => [], ...services });
  await numbers.load(null, 7, NOW_MS);
  expect(numbers.calls?.to_ms).toBe(NOW_MS);
  expect(numbers.signIns).toBeNull();
  await numbers.load(null, 7, NOW_MS, true);
  expect(numbers.signIns?.to_ms).toBe(NOW_MS);
});

test('what was chosen last is shown, however the answers come', async () => {
  const waiting: (() => void)[] = [];
  const numbers = new Numbers({
    stats: (_, from) => new Promise((answer) => waiting.push(() => answer(stats(from)))),
    nests: async () => [],
    ...services
  });
  const first = numbers.load(null, 7, NOW_MS);
  const second = numbers.load('main', 30, NOW_MS);
  waiting[1]?.();
  await second;
  waiting[0]?.();
  await first;
  expect(numbers.days).toBe(30);
  expect(numbers.stats?.from_ms).toBe(new Date(2026, 3, 18).getTime());
});

test('the last numbers stay while others are loaded', async () => {
  let answer: Promise<Stats> = Promise.resolve(stats(1));
  const numbers = new Numbers({ stats: () => answer, nests: async () => [], ...services });
  await numbers.load(null, 7, NOW_MS);
  answer = Promise.reject(ApiProblem.unreachable());
  const again = numbers.load(null, 30, NOW_MS);
  expect(numbers.status.kind).toBe('loading');
  expect(numbers.stats).not.toBeNull();
  await again;
  expect(numbers.status).toMatchObject({ kind: 'failed', problem: { code: 'unreachable' } });
});
