import { expect, test } from 'vitest';
import { barOf, beginAfter, beginOf, daysOf } from './calendar';
import { momentOf } from './hours';

test('a week begins on Monday, over the end of a month and of a year', () => {
  for (const day of ['2026-11-23', '2026-11-28', '2026-11-29']) expect(beginOf(day, 'week')).toBe('2026-11-23');
  expect(daysOf('2026-12-28', 'week').at(-1)).toBe('2027-01-03');
  expect(beginAfter('2026-12-28', 'week', 1)).toBe('2027-01-04');
});

test('a month has the days that it has', () => {
  expect(beginOf('2026-11-28', 'month')).toBe('2026-11-01');
  expect(daysOf('2028-02-01', 'month')).toHaveLength(29);
  expect(beginAfter('2026-12-01', 'month', 1)).toBe('2027-01-01');
  expect(beginAfter('2026-12-01', 'month', -1)).toBe('2026-11-01');
});

test('what lies in the week is drawn as far as it lies in it', () => {
  expect(barOf(10, 20, [0, 100])).toEqual({ left: 10, width: 10 });
  expect(barOf(-50, 50, [0, 100])).toEqual({ left: 0, width: 50 });
  expect(barOf(90, 900, [0, 100])).toEqual({ left: 90, width: 10 });
  expect(barOf(-10, 0, [0, 100])).toBeNull();
  expect(barOf(100, 110, [0, 100])).toBeNull();
});

test('a time that is written is that of the city, wherever the browser stands', () => {
  expect(new Date(momentOf('2026-11-28T00:00', 'Asia/Ho_Chi_Minh')).toISOString()).toBe('2026-11-27T17:00:00.000Z');
});
