import { expect, test } from 'vitest';
import { incident } from './incident.test-data';
import { isOver, offeredFor } from './offered';

const lan = { user: 'lan', agency: null };

test('what is offered goes on from the state, the likeliest first', () => {
  expect(offeredFor(incident(), lan)[0]).toBe('acknowledge');
  expect(offeredFor(incident({ state: 'resolved' }), lan)).toEqual(['close', 'reopen']);
  expect(offeredFor(incident({ state: 'closed' }), lan)).toEqual([]);
  expect((['in_progress', 'resolved', 'closed', 'merged'] as const).map((state) => isOver(incident({ state })))).toEqual([false, false, true, true]);
});

test('who works on it is not offered to take it, whoever comes next is', () => {
  const taken = incident({ state: 'in_progress', assignee: 'lan' });
  expect(offeredFor(taken, lan)).toEqual(['resolve']);
  expect(offeredFor(taken, { user: 'minh', agency: null })).toEqual(['resolve', 'take']);
});

test('an agency acknowledges its part once', () => {
  const open = incident({ acknowledgements: [{ agency: 'water', by: 'tuan', at: '2026-03-04T05:01:00Z' }] });
  expect(offeredFor(open, { user: 'tuan', agency: 'water' })).not.toContain('acknowledge');
  expect(offeredFor(open, { user: 'hoa', agency: 'power' })).toContain('acknowledge');
});

test('an agency acknowledges its part also where the center was first', () => {
  const acknowledgements = [{ agency: null, by: 'lan', at: '2026-03-04T05:01:00Z' }];
  const hoa = { user: 'hoa', agency: 'power' };
  expect(offeredFor(incident({ state: 'acknowledged', acknowledgements }), hoa)).toEqual(['acknowledge', 'take', 'resolve']);
  expect(offeredFor(incident({ state: 'in_progress', assignee: 'hoa', acknowledgements }), hoa)).toEqual(['acknowledge', 'resolve']);
  expect(offeredFor(incident({ state: 'resolved', acknowledgements }), hoa)).toEqual(['close', 'reopen']);
  expect(offeredFor(incident({ state: 'acknowledged', acknowledgements }), lan)).toEqual(['take', 'resolve']);
});
