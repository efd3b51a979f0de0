import { expect, test } from 'vitest';
import { incident } from '../incident.test-data';
import { Center } from './center.svelte';

test('a snapshot that was cut is known to be, until a whole one comes', () => {
  const center = new Center();
  center.take({ frame: 'snapshot', number: 1, incidents: [incident()], cut: true });
  expect([center.cut, center.live.size]).toEqual([true, 1]);
  center.take({ frame: 'snapshot', number: 2, incidents: [], cut: false });
  expect([center.cut, center.live.size]).toEqual([false, 0]);
});
