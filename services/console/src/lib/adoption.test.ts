import { expect, test } from 'vitest';
import { adoptionOf, begun, placeOf } from './adoption';
import type { Sensor } from './api/feeds';

const STRANGER: Sensor = {
  id: 'gauge-7', registered: false, zone: 'unknown', quantities: ['stage_m'], reports: ['stage_m'], name: null, name_vi: null, kind: null, measures: null,
  agency: null, position: null, origin: null, revision: 0, first_at: '2026-11-28T00:00:00Z', last_at: '2026-11-28T00:00:00Z', readings: 1,
};

test('the form of a stranger begins with what it reports, and says nothing that nobody said', () => {
  expect(adoptionOf({ ...begun(STRANGER), name: ' Gauge ', name_vi: 'Trạm', measures: 'reach-7 ' })).toEqual({
    name: 'Gauge', name_vi: 'Trạm', kind: 'sensor', observes: ['stage_m'], measures: 'reach-7', zone: null, agency: null, position: null,
  });
});

test('what was said of an adopted one is sent again as it was', () => {
  const said = { name: 'Gauge', name_vi: 'Trạm', kind: 'sensor', measures: null, zone: 'phu-hoa', agency: 'water', position: [106.6, 10.9] as [number, number] };
  const form = begun({ ...STRANGER, ...said, registered: true, origin: 'edit', revision: 7 });
  expect(adoptionOf(form)).toEqual({ ...said, observes: ['stage_m'] });
});

test('a place is two numbers on the earth', () => {
  expect(placeOf('106.65, 10.98')).toEqual([106.65, 10.98]);
  expect(placeOf('106.65 10.98')).toEqual([106.65, 10.98]);
  expect(placeOf(' ')).toBeNull();
  for (const wrong of ['106.65', '1, 2, 3', 'a, b', '10.98, 106.65']) expect(placeOf(wrong)).toBeUndefined();
});
