import { expect, test } from 'vitest';
import { STRATEGIES, USUAL_WEIGHTS, sameWeights, shares, withSet } from './autofill';

test('shares are of the whole', () => {
  const sum = Object.values(shares(USUAL_WEIGHTS)).reduce((a, b) => a + b, 0);
  expect(sum).toBeCloseTo(1);
  expect(shares(USUAL_WEIGHTS).artist).toBeCloseTo(20 / 130);
});

test('with every weight at nothing, nothing has a share', () => {
  const none = Object.fromEntries(STRATEGIES.map((strategy) => [strategy, 0])) as typeof USUAL_WEIGHTS;
  expect(Object.values(shares(none))).toEqual(STRATEGIES.map(() => 0));
});

test('what is set is among what can be chosen', () => {
  expect(withSet([0, 60, 120], 90)).toEqual([0, 60, 90, 120]);
  expect(withSet([0, 60], 60)).toEqual([0, 60]);
});

test('weights are the same when each of them is', () => {
  expect(sameWeights(USUAL_WEIGHTS, { ...USUAL_WEIGHTS })).toBe(true);
  expect(sameWeights(USUAL_WEIGHTS, { ...USUAL_WEIGHTS, sound: 11 })).toBe(false);
});
