import { expect, test } from 'vitest';
import { within } from './differences';
import { hourAfter, hourOf, hours } from './hours';

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

test('a difference counts for the hour in which one of its incidents opened', () => {
  const brief = (opened_at: string) => ({ id: '', title: '', title_vi: '', opened_at, root_signal: null, signal_count: 1 });
  const one = { what: 'merges', before: [brief('2026-11-27T16:59:00Z'), brief('2026-11-27T17:01:00Z')], after: [], reasons: [] };
  expect(within([one], hours('2026-11-28T00', 'Asia/Ho_Chi_Minh'))).toEqual([one]);
  expect(within([one], hours('2026-11-28T01', 'Asia/Ho_Chi_Minh'))).toEqual([]);
});
