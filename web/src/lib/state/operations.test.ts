import { expect, test } from 'vitest';
import { ApiProblem } from '$lib/api/problem';
import type { Operations } from '$lib/api/types';
import { OperationsLook } from './operations.svelte';

const seen = (at_ms: number) => ({ at_ms }) as Operations;

test('what was seen stays when nobody answers, and the next answer takes its place', async () => {
  const answers = [() => seen(1), () => Promise.reject(ApiProblem.unreachable()), () => seen(2)];
  const look = new OperationsLook({ operations: async () => answers.shift()!() });
  await look.load();
  expect([look.found?.at_ms, look.problem]).toEqual([1, null]);
  await look.load();
  expect([look.found?.at_ms, look.problem?.code]).toEqual([1, 'unreachable']);
  await look.load();
  expect([look.found?.at_ms, look.problem]).toEqual([2, null]);
});

test('one question is under way at a time', async () => {
  let asked = 0;
  let answer: (found: Operations) => void = () => undefined;
  const look = new OperationsLook({
    operations: () => {
      asked += 1;
      return new Promise((resolve) => (answer = resolve));
    }
  });
  const first = look.load();
  await look.load();
  expect(asked).toBe(1);
  answer(seen(1));
  await first;
  expect(look.found?.at_ms).toBe(1);
});
