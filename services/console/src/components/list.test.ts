import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { incident } from '../lib/incident.test-data';
import { center } from '../lib/state/center.svelte';
import { desk } from '../lib/state/desk.svelte';
import IncidentList from './IncidentList.svelte';

afterEach(cleanup);
// measures what is drawn, which nothing is here
vi.stubGlobal('ResizeObserver', class { observe() {} unobserve() {} disconnect() {} });

const ids = () => [...document.querySelectorAll<HTMLElement>('[data-incident]')].map(({ dataset }) => dataset.incident);

test('lines keep their places under a mouse that moves, and tell what has changed; then what is new takes its own', async () => {
  center.loaded = true;
  for (const id of ['a', 'b']) center.put(incident({ id }));
  render(IncidentList);
  expect(ids()).toEqual(['a', 'b']);
  await fireEvent(screen.getByRole('region'), new PointerEvent('pointermove', { bubbles: true, pointerType: 'mouse' }));
  center.put(incident({ id: 'c', severity: 'critical' }));
  center.put(incident({ id: 'a', version: 2, state: 'acknowledged' }));
  flushSync();
  expect(ids()).toEqual(['a', 'b']);
  expect(document.querySelector('[data-incident=a]')?.getAttribute('data-state')).toBe('acknowledged');
  await expect.poll(ids, { timeout: 3000 }).toEqual(['c', 'b', 'a']);
  await fireEvent(screen.getByRole('region'), new PointerEvent('pointermove', { bubbles: true, pointerType: 'mouse' }));
  center.put(incident({ id: 'd', severity: 'critical', opened_at: '2026-03-04T06:00:00Z' }));
  desk.select('b');
  flushSync();
  expect(ids()).toEqual(['d', 'c', 'b', 'a']);
});
