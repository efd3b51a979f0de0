import { expect, test } from 'vitest';
import { spanAfter, spanOf, within } from './spans';

test('a span is of the city, not of the browser', () => {
  expect(spanOf('2026-12-31T18:00:00Z', 'day', 'Asia/Ho_Chi_Minh')).toBe('2027-01-01');
  expect(spanOf('2026-12-31T18:00:00Z', 'year', 'Asia/Ho_Chi_Minh')).toBe('2027');
});

test('spans step over the borders of months and years', () => {
  expect(spanAfter('2026-03-01', 'day', -1)).toBe('2026-02-28');
  expect(spanAfter('2026-12', 'month', 1)).toBe('2027-01');
  expect(spanAfter('2026', 'year', -1)).toBe('2025');
});

test('a moment within a span belongs to it in every zone', () => {
  for (const [name, span] of [['2026-11-28', 'day'], ['2026-11', 'month'], ['2026', 'year']] as const)
    for (const zone of ['Asia/Ho_Chi_Minh', 'America/New_York']) expect(spanOf(within(name), span, zone)).toBe(name);
});
