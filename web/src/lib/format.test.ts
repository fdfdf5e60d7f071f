import { expect, test } from 'vitest';
import { byDay, bytes, clock, day, hueOf, initials, relative, wait } from './format';
import { parseCode } from './nest/permissions';

test('a length is written as people read a player', () => {
  expect(clock(0)).toBe('0:00');
  expect(clock(187_900)).toBe('3:07');
  expect(clock(3_723_000)).toBe('1:02:03');
  expect(clock(-5)).toBe('0:00');
});

test('sizes take the unit that keeps them short', () => {
  expect(bytes(900, 'en')).toMatch(/^900 b/);
  expect(bytes(4_200_000, 'en')).toBe('4.2 MB');
  expect(bytes(4_200_000, 'de')).toBe('4,2 MB');
});

test('relative times follow the language', () => {
  expect(relative(3 * 60_000, 'en')).toBe('in 3 minutes');
  expect(relative(-2 * 86_400_000, 'de')).toBe('vorgestern');
  expect(relative(1000, 'en')).toBe('now');
});

test('a day of another year says which', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  expect(day(new Date(2026, 10, 20, 12).getTime(), 'en-GB', now)).not.toContain('20 Nov 20');
  expect(day(new Date(2020, 10, 20, 12).getTime(), 'en-GB', now)).toContain('20 Nov 2020');
});

test('what happened on the same day of different years is not one day', () => {
  const at = (year: number): number => new Date(year, 10, 20, 12).getTime();
  const groups = byDay([at(2026), at(2026) - 1000, at(2020)], (atMs) => atMs, 'en-GB', at(2026));
  expect(groups.map(({ items }) => items.length)).toEqual([2, 1]);
  expect(byDay([], (atMs: number) => atMs, 'en-GB', at(2026))).toEqual([]);
});

test('a wait is short and never less than a minute', () => {
  expect(wait(3 * 60_000, 'en')).toBe('3 min');
  expect(wait(10, 'de')).toBe('1 Min.');
  expect(wait(100 * 60_000, 'en')).toBe('2 hr');
});

test('a face has at most two letters, whatever the script', () => {
  expect(initials('ana maria lopez')).toBe('AL');
  expect(initials('ben')).toBe('B');
  expect(initials('')).toBe('');
  expect(initials('李 小龙')).toBe('李小');
});

test('hues are stable and spread', () => {
  expect(hueOf('ana')).toBe(hueOf('ana'));
  const hues = new Set(Array.from({ length: 50 }, (_, index) => hueOf(`person ${index}`)));
  expect(hues.size).toBeGreaterThan(35);
});

test('codes are read without regard to case, and confusable ones are refused', () => {
  expect(parseCode(' abcde ')).toBe('ABCDE');
  expect(parseCode('MAIN')).toBe('main');
  expect(parseCode('ABCD0')).toBeNull();
  expect(parseCode('ABCDI')).toBeNull();
  expect(parseCode('ABCDEF')).toBeNull();
});
