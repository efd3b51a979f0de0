import { expect, test } from 'vitest';
import { scaleOf, titled, written } from './scales';

test('a part of a whole is written in percent, all else in its own unit', () => {
  expect([scaleOf('/', 'vi').unit, written(0.0345, scaleOf('/', 'vi'), 'vi')]).toEqual(['%', '3,5']);
  expect([scaleOf('kWh', 'en').unit, written(25736.634, scaleOf('kWh', 'en'), 'en')]).toEqual(['kWh', '25,736.63']);
  expect([0.016425, 0.00002, 0, 0.5].map((value) => written(value, scaleOf('tCO2e/worker', 'vi'), 'vi'))).toEqual(['0,0164', '0,00002', '0', '0,5']);
  expect(written(null, scaleOf('/', 'vi'), 'vi')).toBe('–');
});

test('a title has its unit in brackets, and no empty ones where none is said', () => {
  expect([titled('COD', 'kg'), titled('Exchanges', scaleOf('count', 'en').unit)]).toEqual(['COD (kg)', 'Exchanges']);
});
