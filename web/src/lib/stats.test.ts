import { describe, expect, test } from 'vitest';
import { beginning, daysOf, jamTable, named, playsOf, tallies, ticks, weeksOf } from './stats';

const at = (year: number, month: number, day: number, hour = 0): number =>
  new Date(year, month - 1, day, hour).getTime();

describe('a time', () => {
  test('begins at midnight and has today in it', () => {
    expect(beginning(7, at(2026, 5, 17, 20))).toBe(at(2026, 5, 11));
    expect(beginning(30, at(2026, 3, 1, 1))).toBe(at(2026, 1, 31));
  });

  test('of a year begins on a Monday and is never longer than the server allows', () => {
    for (let day = 1; day <= 7; day += 1) {
      const now = at(2026, 5, day, 23);
      const from = beginning(365, now);
      expect(new Date(from).getDay()).toBe(1);
      expect(now - from).toBeLessThan(366 * 86_400_000);
    }
  });
});

describe('days', () => {
  test('without a play are there all the same', () => {
    const days = [{ date: '2026-02-27', plays: 3 }];
    expect(daysOf({ days, from_ms: at(2026, 2, 26), to_ms: at(2026, 3, 1, 12) })).toEqual([
      { key: '2026-02-26', value: 0 },
      { key: '2026-02-27', value: 3 },
      { key: '2026-02-28', value: 0 },
      { key: '2026-03-01', value: 0 }
    ]);
  });

  test('of a server in another time zone are not lost', () => {
    const days = [{ date: '2026-03-02', plays: 1 }];
    const bars = daysOf({ days, from_ms: at(2026, 3, 1), to_ms: at(2026, 3, 1, 23) });
    expect(bars.at(-1)).toEqual({ key: '2026-03-02', value: 1 });
  });

  test('become weeks from Monday on, and nothing is lost on the way', () => {
    const days = daysOf({
      days: [
        { date: '2026-05-10', plays: 1 },
        { date: '2026-05-11', plays: 2 },
        { date: '2026-05-17', plays: 4 }
      ],
      from_ms: at(2026, 5, 9),
      to_ms: at(2026, 5, 18, 1)
    });
    expect(weeksOf(days)).toEqual([
      { key: '2026-05-04', value: 1 },
      { key: '2026-05-11', value: 6 },
      { key: '2026-05-18', value: 0 }
    ]);
  });
});

describe('an axis', () => {
  test('begins at zero, counts whole songs and reaches above the highest bar', () => {
    expect(ticks(0)).toEqual([0, 1]);
    expect(ticks(3)).toEqual([0, 1, 2, 3]);
    expect(ticks(9)).toEqual([0, 5, 10]);
    expect(ticks(120)).toEqual([0, 50, 100, 150]);
    for (let most = 0; most < 3000; most += 7) {
      const lines = ticks(most);
      expect(lines.length).toBeLessThanOrEqual(5);
      expect(lines.at(-1)).toBeGreaterThanOrEqual(most);
      expect(lines.every(Number.isInteger)).toBe(true);
    }
  });

  test('names few of many bars, at even distances', () => {
    expect(named(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(named(30, 5)).toEqual([0, 6, 12, 18, 24]);
    expect(named(0, 5)).toEqual([]);
  });
});

test('plays are counted over all days', () => {
  expect(
    playsOf({
      days: [
        { date: 'a', plays: 2 },
        { date: 'b', plays: 3 }
      ]
    })
  ).toBe(5);
});

describe('who jams to whose songs', () => {
  const one = (name: string) => ({ id: name, name });
  const jams = [
    { by: one('ada'), of: one('ben'), jams: 5 },
    { by: one('ben'), of: one('ada'), jams: 2 },
    { by: one('cleo'), of: one('ben'), jams: 3 },
    { by: one('dora'), of: one('cleo'), jams: 1 }
  ];

  test('is a table of those who have most to do with it', () => {
    const table = jamTable(jams, 3);
    expect(table.people.map(({ name }) => name)).toEqual(['ben', 'ada', 'cleo']);
    expect(table.rows).toEqual([
      [0, 2, 0],
      [5, 0, 0],
      [3, 0, 0]
    ]);
    expect([table.most, table.cut]).toEqual([5, true]);
  });

  test('leaves nobody out who has room, and nothing is a table without people', () => {
    expect(jamTable(jams, 8).cut).toBe(false);
    expect(jamTable([], 8)).toEqual({ people: [], rows: [], most: 0, cut: false });
  });
});

test('days are summed up by service, the busiest first', () => {
  const day = (service: string, outcome: 'answered' | 'failed', count: number) => ({
    service,
    outcome,
    count
  });
  const counted = [day('youtube', 'answered', 2), day('spotify', 'answered', 3), day('spotify', 'failed', 1)];
  expect(tallies([...counted, day('spotify', 'answered', 4)], ['answered', 'failed'])).toEqual([
    { service: 'spotify', counts: { answered: 7, failed: 1 }, total: 8 },
    { service: 'youtube', counts: { answered: 2, failed: 0 }, total: 2 }
  ]);
});
