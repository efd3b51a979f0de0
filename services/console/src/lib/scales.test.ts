import { expect, test } from 'vitest';
import { scaleOf, written } from './scales';

test('a part of a whole is written in percent, all else in its own unit', () => {
  expect([scaleOf('/').unit, written(0.0345, scaleOf('/'), 'vi')]).toEqual(['%', '3,5']);
  expect([scaleOf('kWh').unit, written(25736.634, scaleOf('kWh'), 'en')]).toEqual(['kWh', '25,736.63']);
  expect(written(null, scaleOf('/'), 'vi')).toBe('–');
});
