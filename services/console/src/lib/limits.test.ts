import { expect, test } from 'vitest';
import type { Limit } from './api/measured';
import { limitsOf } from './limits';

const row = (key: string, value: number, more: Partial<Limit> = {}): Limit => ({
  id: `${key}/${value}`, key, value, unit: 'm', averaging_s: 0, asset: null, valid_from: '2025-01-01', valid_to: null, legal_ref: 'law', status: 'official', ...more,
});
const domains = [{ conditions: ['bd1', 'bd3'].map((limit) => ({ quantity: 'stage_m', limit, name: '', name_vi: '' })) }];

test("a place's own row stands instead of everybody's, in the order of the values", () => {
  const rows = [row('bd3', 9), row('bd3', 2, { asset: 'gauge' }), row('bd1', 1), row('bd1', 5, { asset: 'other' }), row('cod', 3)];
  expect(limitsOf('stage_m', ['gauge'], rows, domains, '2026-11-28').map(({ value }) => value)).toEqual([1, 2]);
});

test('a row of another time is no limit', () => {
  const rows = [row('bd1', 1, { valid_to: '2026-01-01' }), row('bd3', 2, { valid_from: '2027-01-01' })];
  expect(limitsOf('stage_m', [], rows, domains, '2026-11-28')).toEqual([]);
});
