import { expect, test } from 'vitest';
import { scaleOf, written } from './scales';

test('a part of a whole is written in percent, all else in its own unit', () => {
  expect([scaleOf('/', 'vi').unit, written(0.0345, scaleOf('/', 'vi'), 'vi')]).toEqual(['%', '3,5']);
  expect([scaleOf('kWh', 'en').unit, written(25736.634, scaleOf('kWh', 'en'), 'en')]).toEqual(['kWh', '25,736.63']);
  expect(written(null, scaleOf('/', 'vi'), 'vi')).toBe('–');
});
