import { expect, test } from 'vitest';
import type { Row } from './api/judging';
import { kindsOf, related } from './related';

const row = (id: string, more: object): Row => ({ id, origin: 'shipped', revision: 1, ...more });
const ROWS = {
  rules: [
    row('spoils', { cause: { causes: ['air.smoke'], effects: ['air.unhealthy'], conditions: ['weather.calm'] }, same: null, pattern: null }),
    row('together', { pattern: { parts: [{ kinds: ['air.smoke'] }, { kinds: ['report.smoke'], not: true }] } }),
  ],
  conditions: [row('air.pm10_24h', { kind: 'air.unhealthy', limit: 'air.pm10_24h' }), row('stack.dust', { kind: 'air.smoke', above: 200 })],
  limits: [row('air.pm10_24h/2013-10-25', { key: 'air.pm10_24h' }), row('air.pm10_24h/2023-09-12', { key: 'air.pm10_24h' })],
};
const ids = (shelf: 'rules' | 'conditions' | 'limits', id: string) => related(ROWS, shelf, ROWS[shelf].find((one) => one.id === id)!).map((one) => one.row.id);

test('a rule speaks of the kinds of its body and of the parts of a pattern', () => {
  expect([...kindsOf(ROWS.rules[0]!)]).toEqual(['air.smoke', 'air.unhealthy', 'weather.calm']);
  expect([...kindsOf(ROWS.rules[1]!)]).toEqual(['air.smoke', 'report.smoke']);
});

test('from a limit to its conditions, from a condition to its limits and rules, from a rule to its conditions', () => {
  expect(ids('limits', 'air.pm10_24h/2023-09-12')).toEqual(['air.pm10_24h']);
  expect(ids('conditions', 'air.pm10_24h')).toEqual(['air.pm10_24h/2013-10-25', 'air.pm10_24h/2023-09-12', 'spoils']);
  expect(ids('conditions', 'stack.dust')).toEqual(['spoils', 'together']);
  expect(ids('rules', 'together')).toEqual(['stack.dust']);
});
