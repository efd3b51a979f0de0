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

test("ages are told by the server's clock, also while frames come every second", () => {
  const center = new Center();
  const server = Date.now() - 300_000;
  center.connection = 'on';
  center.take({ frame: 'tiles', now: new Date(server).toISOString(), missing: [], stages: { detect: { now_ms: server, at_ms: server - 400, behind_ms: 0 } } });
  center.now = Date.now();
  expect(Math.round(center.skew / 1000)).toBe(-300);
  expect(center.ages()[0]?.age).toBeGreaterThanOrEqual(400);
  expect(center.lagging()).toEqual([]);
});

test('a stage that has not reported at all is the slowest of all', () => {
  const center = new Center();
  const now = Date.now();
  center.connection = 'on';
  center.take({ frame: 'tiles', now: new Date(now).toISOString(), missing: ['detect'], stages: { relay: { now_ms: now, at_ms: now, behind_ms: 0 } } });
  expect(center.ages().map(({ stage }) => stage)).toEqual(['detect', 'relay']);
  expect(center.lagging()).toEqual([{ stage: 'detect', age: Infinity }]);
});

test('a stage that passes on what is minutes old lags by as much, and no other one is blamed for it', () => {
  const center = new Center();
  const now = Date.now();
  center.connection = 'on';
  center.take({
    frame: 'tiles',
    now: new Date(now).toISOString(),
    missing: [],
    stages: { ingest: { now_ms: now, at_ms: now, behind_ms: 0 }, detect: { now_ms: now - 240_000, at_ms: now, behind_ms: 240_000 } },
  });
  center.now = now;
  expect(center.lagging().map(({ stage }) => stage)).toEqual(['detect']);
  expect(Math.round((center.ages()[0]?.age ?? 0) / 1000)).toBe(240);
});
