import { expect, test } from 'vitest';
import { within } from './differences';
import { hourAfter, hourOf, hours, isMinute } from './hours';

test('an hour is of the city, and back and forth it is the same', () => {
  const [from, to] = hours('2026-11-28T00', 'Asia/Ho_Chi_Minh');
  expect(new Date(from).toISOString()).toBe('2026-11-27T17:00:00.000Z');
  expect(to - from).toBe(3_600_000);
  for (const zone of ['Asia/Ho_Chi_Minh', 'Asia/Kolkata', 'America/New_York']) expect(hourOf(hours('2026-11-28T14', zone)[0], zone)).toBe('2026-11-28T14');
});

test('hours step over midnight', () => {
  expect(hourAfter('2026-12-31T23', 1)).toBe('2027-01-01T00');
  expect(hourAfter('2026-03-01T00', -1)).toBe('2026-02-28T23');
});

test('what the calendar or the clock does not have is no minute', () => {
  expect(['2026-11-28T14:30', '2028-02-29T00:00'].map(isMinute)).toEqual([true, true]);
  for (const text of ['', '2026-02-31T00:00', '2026-13-01T00:00', '2026-11-28T25:00', '2026-11-28T00:00T00:00']) expect(isMinute(text)).toBe(false);
});

test('a difference counts for the hour in which one of its incidents opened', () => {
  const brief = (opened_at: string) => ({ id: '', title: '', title_vi: '', opened_at, root_signal: null, signal_count: 1 });
  const one = { what: 'merges', before: [brief('2026-11-27T16:59:00Z'), brief('2026-11-27T17:01:00Z')], after: [], reasons: [] };
  expect(within([one], hours('2026-11-28T00', 'Asia/Ho_Chi_Minh'))).toEqual([one]);
  expect(within([one], hours('2026-11-28T01', 'Asia/Ho_Chi_Minh'))).toEqual([]);
});
