import { expect, test } from 'vitest';
import type { Sensor, Trouble } from './api/feeds';
import { chosen, troublesOf, WISHES } from './sensors';

const sensor = (id: string, more: Partial<Sensor> = {}): Sensor => ({
  id, registered: true, zone: 'thuan-an', quantities: ['stage_m'], name: id, name_vi: 'Trạm', reports: [], kind: 'sensor', agency: null, position: null, origin: 'city', revision: 1, first_at: null, measures: null, last_at: '2026-11-28T00:00:00Z', readings: 1, ...more,
});
const SENSORS = [sensor('a'), sensor('b'), sensor('c', { last_at: null }), sensor('d', { registered: false, name_vi: null, origin: null }), sensor('e', { origin: 'edit', name_vi: null })];
const TROUBLES: Trouble[] = [
  { asset: 'b', kind: 'sensor.silent', raised_at: '2026-11-28T00:00:00Z', incident: 'inc-1' },
  { asset: 'a', kind: 'sensor.stuck', raised_at: '2026-11-28T00:00:00Z', incident: null },
];

const by = (query: string, troubles: Map<string, Trouble[]> = new Map()) => ({ query, troubles, quantity: (id: string) => (id === 'stage_m' ? 'Mực nước' : id) });

test('each wish finds its sensors', () => {
  const found = Object.fromEntries(WISHES.map((wish) => [wish, chosen(SENSORS, wish, by('', troublesOf(TROUBLES))).map(({ id }) => id).join('')]));
  expect(found).toEqual({ all: 'abcde', silent: 'b', stuck: 'a', never: 'c', strange: 'd', adopted: 'e' });
});

test('those in trouble come first, and words are found without diacritics', () => {
  expect(chosen(SENSORS, 'all', by('', troublesOf(TROUBLES.slice(0, 1))))[0]?.id).toBe('b');
  expect(chosen(SENSORS, 'all', by('tram thuan')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(chosen([...SENSORS, sensor('f', { quantities: ['ph'] })], 'all', by('muc nuoc tram')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});
