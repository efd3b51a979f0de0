import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Member } from '../lib/api/types';
import { incident } from '../lib/incident.test-data';
import { center } from '../lib/state/center.svelte';
import { desk } from '../lib/state/desk.svelte';
import { session } from '../lib/state/session.svelte';
import Detail from './Detail.svelte';
import Members from './Members.svelte';
import SensorChart from './SensorChart.svelte';

// draws on a canvas, which is not there
vi.mock('uplot', () => ({ default: class {} }));

const signal = { id: 's1', kind: 'power.outage', asset: 'feeder-471', state: 'active', severity: 'major', raised_at: '2026-03-04T05:00:00Z', cleared_at: null, measures: null, limit: null, zone: 'z' } as Member['signal'];
const members = [{ signal, group: 's1', because: null, why: '', why_vi: '' }];
let line = true;
let asked: string[] = [];

beforeEach(() => {
  [line, asked] = [true, []];
  vi.stubGlobal('fetch', (path: string) => {
    asked.push(path);
    return line ? Promise.resolve(Response.json({ items: [], next: null, sheets: [], members, candidates: [] })) : Promise.reject(new TypeError('offline'));
  });
  center.connection = 'on';
});

afterEach(() => {
  desk.select(null);
  cleanup();
  vi.unstubAllGlobals();
});

test('what was known of an incident stays while the line is lost, and is read again once it stands', async () => {
  center.put(incident());
  desk.select('inc-1');
  render(Detail);
  await screen.findByText('Tín hiệu (1)');
  line = false;
  center.put(incident({ version: 2 }));
  await screen.findByText(/Máy chủ không trả lời/);
  screen.getByText('Tín hiệu (1)');
  center.connection = 'off';
  flushSync();
  line = true;
  center.connection = 'on';
  await expect.poll(() => screen.queryByText(/Máy chủ không trả lời/), { timeout: 3000 }).toBeNull();
  screen.getByText('Tín hiệu (1)');
});

test('a chart stays when its signal is read again with a change of the incident', async () => {
  const { rerender } = render(SensorChart, { signal });
  await expect.poll(() => asked.length).toBe(1);
  await rerender({ signal: { ...signal } });
  expect(asked.length).toBe(1);
  await rerender({ signal: { ...signal, asset: 'feeder-472' } });
  expect(asked.length).toBe(2);
});

test('only what is still there is split off', async () => {
  session.roles = ['operator'];
  const of = (...ids: string[]) => ids.map((id) => ({ signal: { ...signal, id }, group: id, because: null, why: '', why_vi: '' }));
  const { rerender } = render(Members, { members: of('s1', 's2', 's3', 's4'), root: 's1' });
  for (const box of screen.getAllByRole('checkbox').slice(0, 2)) await fireEvent.click(box);
  screen.getByText(/2 tín hiệu/);
  await rerender({ members: of('s1', 's3', 's4') });
  screen.getByText(/1 tín hiệu/);
});

test('nothing is taken out of what is closed', async () => {
  session.roles = ['operator'];
  const members = ['s1', 's2', 's3'].map((id) => ({ signal: { ...signal, id }, group: id, because: null, why: '', why_vi: '' }));
  const { container, rerender } = render(Members, { members, root: 's1' });
  expect(container.querySelectorAll('[data-command=detach], [data-leave]').length).toBe(4);
  await rerender({ fixed: true });
  expect(container.querySelectorAll('[data-command=detach], [data-leave]').length).toBe(0);
});
