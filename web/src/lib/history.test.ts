import { expect, test } from 'vitest';
import { addressOf, asked, EVERYTHING, filterOf, queryOf, tableQuery, type HistoryFilter } from './history';

const read = (query: string): HistoryFilter => filterOf(new URLSearchParams(query));
const FULL: HistoryFilter = {
  text: 'long way',
  by: '01ABC',
  source: 'youtube',
  chosenBy: 'people',
  from: '2026-03-28',
  to: '2026-03-29'
};

test('what was asked for is read from the address it was written to', () => {
  expect(read(addressOf(FULL))).toEqual(FULL);
  expect(asked(FULL)).toBe(5);
  expect(addressOf(EVERYTHING)).toBe('');
  expect(read('')).toEqual(EVERYTHING);
  expect(asked(EVERYTHING)).toBe(0);
});

test('what an address cannot mean is left out', () => {
  expect(read('?source=vinyl&chosen_by=cats&from=2026-02-30&to=tomorrow&by=')).toEqual(EVERYTHING);
  expect(read(`?text=${'x'.repeat(500)}`).text).toHaveLength(100);
});

test('the last day is meant whole, also when it has not 24 hours', () => {
  const query = queryOf(FULL);
  expect(query.from_ms).toBe(new Date(2026, 2, 28).getTime());
  expect(query.to_ms).toBe(new Date(2026, 2, 30).getTime());
  expect(queryOf({ ...EVERYTHING, text: '  ' })).toEqual({});
});

test('a table is of a year at most, and never of less than was asked for within it', () => {
  const now = new Date(2026, 10, 21, 14).getTime();
  const all = tableQuery(EVERYTHING, now);
  expect(all.to_ms).toBe(now);
  expect(all.to_ms - all.from_ms).toBe(365 * 86_400_000);
  expect(tableQuery(FULL, now)).toEqual(queryOf(FULL));
  expect(tableQuery({ ...FULL, from: '2020-01-01' }, now).from_ms).toBeGreaterThan(
    new Date(2025, 2, 28).getTime()
  );
});
