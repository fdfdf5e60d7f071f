import { expect, test } from 'vitest';
import { bars } from './bars';

test('each bar is the loudest of its stretch, relative to the loudest of all', () => {
  expect(bars([0, 100, 50, 200], 2)).toEqual([0.5, 1]);
});

test('more bars than peaks repeat them', () => {
  expect(bars([100, 200], 4)).toEqual([0.5, 0.5, 1, 1]);
});

test('a song that has not been measured is an even line', () => {
  const flat = bars([], 8);
  expect(flat).toHaveLength(8);
  expect(new Set(flat).size).toBe(1);
});
