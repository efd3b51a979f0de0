import { expect, test } from 'vitest';
import { spelled } from './units';

test('units are written as people write them, what nobody says is left out', () => {
  const said = ['ug/m3', 'mg/m3', 'm3/ha', 'm3', 'Cel', 'tCO2e', 'tCO2e/MWh', 'km/h', 'l/s', 'count', '/', 'pH'].map((unit) => spelled(unit, 'en'));
  expect(said).toEqual(['µg/m³', 'mg/m³', 'm³/ha', 'm³', '°C', 'tCO2e', 'tCO2e/MWh', 'km/h', 'l/s', '', '', 'pH']);
  expect([spelled('tCO2e/bn VND', 'vi'), spelled('tCO2e/bn VND', 'en')]).toEqual(['tCO2e/tỷ đồng', 'tCO2e/bn VND']);
});
