import { beforeEach, expect, test } from 'vitest';
import type { Asset, Domain } from './api/types';
import { valueOf } from './labels';
import { place } from './state/place.svelte';
import { amount, preferences, unitOf } from './state/preferences.svelte';

beforeEach(() => {
  preferences.language = 'vi';
  const kinds = { 'air.over': { name: 'Air over the limit', name_vi: 'Không khí vượt giới hạn' } };
  const quantities = { pm25_ugm3: { unit: 'ug/m3', name: 'PM2.5', name_vi: 'Bụi PM2.5' } };
  place.domains = [{ id: 'air', name: 'Air', name_vi: 'Không khí', kinds, quantities }] satisfies Domain[];
  place.assets = new Map([['st-1', { id: 'st-1', name: 'Station 1', name_vi: 'Trạm 1' } as Asset]]);
});

test('what a field holds the id of says its name in the chosen language', () => {
  const said = (fields: Record<string, unknown>) => Object.entries(fields).map(([path, value]) => valueOf(value, path));
  expect(said({ kind: 'air.over', 'cause.effects': ['air.over', 'air.*'], quantity: 'pm25_ugm3', asset: 'st-1', severity: 'major' })).toEqual(['Không khí vượt giới hạn', 'Không khí vượt giới hạn, air.*', 'Bụi PM2.5', 'Trạm 1', 'Lớn']);
  expect(said({ unit: 'ug/m3', function: 'mean', valid_from: '2023-09-12' })).toEqual(['µg/m³', 'trung bình', '12/09/2023']);
  expect(valueOf([{ relation: 'feeds', max: 8 }], 'cause.along')).toBe('Quan hệ: “cấp điện cho”, Nhiều chặng nhất: 8');
});

test('what only happens to be called like an id stays as it is', () => {
  expect([valueOf('major', 'title'), valueOf('pm25_ugm3', 'id'), valueOf(1.5, 'above'), valueOf(undefined, 'kind')]).toEqual(['major', 'pm25_ugm3', '1,5', '–']);
});

test('a value is said with the unit of its quantity as people write it', () => {
  expect([amount(35.25, place.unit('pm25_ugm3')), amount(3, place.unit('unheard')), amount(0.25, '/')]).toEqual(['35,25 µg/m³', '3', '0,25']);
  preferences.language = 'en';
  expect([unitOf(place.unit('pm25_ugm3')), unitOf(null), amount(1234.5, 'Cel', 0)]).toEqual(['µg/m³', '', '1,235 °C']);
});
