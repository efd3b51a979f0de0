import { expect, test } from 'vitest';
import type { Asset, Position } from './api/types';
import { coordinatesOf, meant, namedBy, written } from './whereabouts';

const asset = (id: string, name_vi: string, position: Position | null = [106.6, 11], observes: string[] = []) =>
  ({ id, name: '', name_vi, position, observes }) as unknown as Asset;

test('two numbers are latitude and longitude, in either order where only one is possible', () => {
  expect(coordinatesOf('10.98, 106.67')).toEqual([106.67, 10.98]);
  expect(coordinatesOf('106.67 10.98')).toEqual([106.67, 10.98]);
  expect(coordinatesOf('-33.9;151.2')).toEqual([151.2, -33.9]);
  for (const no of ['', '10.98', '200, 10', '95, 100', 'Thuận An', '10.98, 106.67, 3']) expect(coordinatesOf(no)).toBeNull();
  expect(coordinatesOf(written([106.67123, 10.98]))).toEqual([106.67123, 10.98]);
});

test('a place is found by its name without diacritics, side by side and the shortest first, and by its id', () => {
  const city = [asset('cab-9', 'Tủ điện Thuận An 9'), asset('thuan-an', 'Thuận An'), asset('giao', 'An Giao Thuận'), asset('hidden', 'Thuận An 2', null), asset('rain', 'Thuận An: mưa', [106.6, 11], ['rain_mm'])];
  expect(meant('thuan an', city).map(({ id }) => id)).toEqual(['thuan-an', 'cab-9', 'giao']);
  expect(meant('CAB-9', city).map(({ id }) => id)).toEqual(['cab-9']);
  expect(meant('t', city)).toEqual([]);
});

test('words name an asset by its id or by a name that it has alone', () => {
  const city = new Map([asset('f-473', 'Lộ 473 Tân Uyên'), asset('p-1', 'Trạm bơm'), asset('p-2', 'Trạm bơm')].map((one) => [one.id, one]));
  expect(namedBy(' f-473', city)).toBe('f-473');
  expect(namedBy('lo 473 tan uyen ', city)).toBe('f-473');
  for (const none of ['', ' ', 'Lộ 473', 'Trạm bơm']) expect(namedBy(none, city)).toBeNull();
});
