import { expect, test } from 'vitest';
import type { Area } from './api/figures';
import type { Incident } from './api/types';
import { eraOf, reaching, sharedWith } from './areas';

const incident = (zones: string[], id = '') => ({ id, zones }) as Incident;
const DAY = '2026-11-28';
const area = (id: string, zones: string[], more: Partial<Area> = {}): Area => ({
  id, name: id, name_vi: id, zones, valid_from: null, valid_to: null, agency: null, neighbour: false, live_incidents: 0, ...more,
});
const unit = area('unit-1', ['ward-1'], { valid_from: '2025-07-01' });
const legacy = area('legacy-1', ['ward-1', 'ward-2'], { valid_to: '2025-07-01' });
const beyond = area('beyond', ['far'], { neighbour: true });
const other = area('unit-2', ['ward-2']);
const all = [unit, legacy, beyond, other];

test('units of today, units of before and neighbours are told apart', () => {
  expect(all.map((one) => eraOf(one, DAY))).toEqual(['today', 'before', 'neighbours', 'today']);
  expect(eraOf(legacy, '2025-06-30')).toBe('today');
});

test('an incident belongs to every area that it reaches into', () => {
  const found = [incident(['ward-1', 'far'], 'a'), incident(['ward-2'], 'b')];
  expect(reaching(found, unit).map(({ id }) => id)).toEqual(['a']);
  expect(reaching(found, legacy).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('it is shared with neighbours and with units of the same time, never with those of another', () => {
  expect(sharedWith(incident(['ward-1', 'ward-2', 'far']), unit, all, DAY).map(({ id }) => id)).toEqual(['beyond', 'unit-2']);
  expect(sharedWith(incident(['ward-1', 'ward-2', 'far']), legacy, all, DAY).map(({ id }) => id)).toEqual(['beyond']);
});
