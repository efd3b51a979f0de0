import { expect, test } from 'vitest';
import type { Asset } from './api/types';
import { corridorsOf } from './corridors';

const NOW = 1_000_000_000;
const asset = (id: string, more: Partial<Asset>) => [id, { id, kind: 'sensor', name: id, name_vi: '', zone: 'z', position: null, observes: [], measures: null, approximate: false, ...more }] as [string, Asset];
const segment = (id: string, name: string) => [
  asset(id, { kind: 'road_segment', name, properties: { free_kmh: 50 } }),
  asset(`loop-${id}`, { measures: id, observes: ['speed_kmh'] }),
];

test('segments of one name are one corridor, the slowest corridor first', () => {
  const assets = new Map([...segment('a1', 'Road A, segment 1'), ...segment('a2', 'Road A, segment 2'), ...segment('b1', 'Road B, segment 1')]);
  const values = { 'loop-a1/speed_kmh': [NOW, 50], 'loop-a2/speed_kmh': [NOW, 40], 'loop-b1/speed_kmh': [NOW, 10] } as Record<string, [number, number]>;
  const found = corridorsOf(assets, values, NOW + 1000);
  expect(found.map(({ name, speed, heard }) => [name, speed, heard])).toEqual([['Road B', 10, 1], ['Road A', 45, 2]]);
  expect(found[1]?.flowing).toBeCloseTo(0.9);
});

test('a silent corridor has no level and comes last', () => {
  const assets = new Map([...segment('a1', 'Road A, segment 1'), ...segment('b1', 'Road B, segment 1')]);
  const values = { 'loop-a1/speed_kmh': [NOW - 3_600_000, 50], 'loop-b1/speed_kmh': [NOW, 50] } as Record<string, [number, number]>;
  expect(corridorsOf(assets, values, NOW).map(({ name, flowing }) => [name, flowing])).toEqual([['Road B', 1], ['Road A', null]]);
});
