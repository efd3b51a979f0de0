import { beforeEach, expect, test } from 'vitest';
import { said } from './said';
import { judging } from './state/judging.svelte';
import { place } from './state/place.svelte';
import { preferences } from './state/preferences.svelte';
import type { Row } from './api/judging';
import type { Domain } from './api/types';

const KINDS = { 'power.outage': ['Power outage', 'Mất điện'], 'traffic.dark': ['Traffic signal dark', 'Đèn tín hiệu tắt'], 'pump.off': ['Pump off', 'Bơm ngừng'], 'water.cod': ['COD high', 'COD cao'] };
const CAUSE = { causes: ['power.outage'], effects: ['traffic.dark', 'pump.off', 'water.cod'], along: [{ relation: 'feeds', min: 1, max: 8 }, { relation: 'controls', min: 1, max: 1 }], delay_max: 120 };

beforeEach(() => {
  preferences.language = 'en';
  const kinds = Object.fromEntries(Object.entries(KINDS).map(([id, [name, name_vi]]) => [id, { name, name_vi }]));
  place.domains = [{ id: 'd', name: '', name_vi: '', kinds, quantities: { ph: { unit: '/', name: 'pH', name_vi: 'pH' }, load: { unit: 'A', name: 'Load', name_vi: 'Tải' } } }] as unknown as Domain[];
});

test('a cause says what, along which way, after how long and what is suspected', () => {
  expect(said('rules', { cause: { ...CAUSE, suspect_from: 3 } })).toBe(
    'Power outage causes traffic signal dark, pump off or COD high along “feeds” (1–8 edges), then “controls”, at most 2 min later. From 3 effects within 2 min on, their common upstream asset is suspected although it reports nothing.',
  );
  preferences.language = 'vi';
  expect(said('rules', { cause: CAUSE })).toBe('Mất điện gây ra đèn tín hiệu tắt, bơm ngừng hoặc COD cao theo “cấp điện cho” (1–8 chặng), rồi “điều khiển”, sau không quá 2 phút.');
});

test('a way against the arrows and a delay for each edge are told', () => {
  const cause = { causes: ['power.outage'], effects: ['pump.off'], along: [{ relation: 'flows_to', max: 5, against: true }], delay_min: 60, delay_max: 600, delay_per_hop: true };
  expect(said('rules', { cause })).toBe('Power outage causes pump off along “flows to” backwards (1–5 edges), 1 min to 10 min later for each edge.');
});

test('what is the same and what is a pattern', () => {
  expect(said('rules', { same: { kinds: ['power.outage', 'pump.off'], within_m: 500, within_s: 1800 } })).toBe('Power outage and pump off within 500 m within 30 min of each other tell of one thing.');
  const pattern = { parts: [{ kinds: ['pump.off'], count: 3, distinct: true }, { kinds: ['power.outage'], not: true }], within_s: 3600, same_zone: true };
  expect(said('rules', { pattern })).toBe('All of these in the same zone within 1 h: 3× different assets with pump off; none of power outage.');
});

const row = (body: object): Row => ({ id: '', origin: 'city', revision: 0, ...body });

test('a condition says its test, the side that counts, and how long', () => {
  const of = (more: object) => said('conditions', { kind: 'pump.off', quantity: 'load', ...more });
  expect(of({ above: 5, for: 60 })).toBe('Load above 5 A for 1 min: Pump off.');
  expect(of({ limit: 'x.min', side: 'below' })).toBe('Load below the limit “x.min”: Pump off.');
  expect(of({ limit: 'x.max', times: 1.2 })).toBe('Load above 1.2 times the limit “x.max”: Pump off.');
  judging.value = { rows: { rules: [], conditions: [], limits: [row({ key: 'x.max', asset: 'a' }), row({ key: 'x.max', name: 'Highest load', name_vi: 'Tải cao nhất' })] }, edits: [] };
  expect(of({ limit: 'x.max' })).toBe('Load above the limit “Highest load”: Pump off.');
  expect(judging.names('limits', row({ key: 'x.max', asset: 'a' }))).toEqual(['Highest load', 'Tải cao nhất']);
  expect(judging.names('limits', row({ key: 'x.other' }))).toEqual(['x.other', 'x.other']);
  expect(of({ above: 5, hours: [3, 4] })).toBe('Load above 5 A from 3:00 to 4:00: Pump off.');
  expect(of({ deviation: -6 })).toContain('lies 6 deviations below its own normal');
  expect(of({ quantity: 'ph', above: 9, over: 3600, function: 'max' })).toBe('pH above 9 (greatest, 1 h): Pump off.');
});

test('a limit says its value, mean, asset and dates', () => {
  const row = { key: 'air.co', value: 30000, unit: 'ug/m3', averaging_s: 3600, valid_from: '2023-09-12', valid_to: '2027-01-01' };
  expect(said('limits', row)).toBe('30,000 µg/m³, as mean over 1 h, in force from 12/09/2023, until before 01/01/2027.');
});
