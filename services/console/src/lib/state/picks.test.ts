import { afterEach, expect, test, vi } from 'vitest';
import { incident } from '../incident.test-data';
import { center } from './center.svelte';
import { past } from './past.svelte';
import { picks } from './picks.svelte';
import { session } from './session.svelte';

afterEach(() => {
  past.leave();
  picks.clear();
  vi.unstubAllGlobals();
});

test('what is picked is not acknowledged from a moment of the past', async () => {
  const one = incident({ state: 'open' });
  const sent = vi.fn(() => Promise.resolve(Response.json({ results: [{ id: one.id, status: 200, incident: null }] })));
  vi.stubGlobal('fetch', sent);
  session.roles = ['operator'];
  center.put(one);
  picks.toggle(one.id);
  past.show(0, new Map([[one.id, one]]));
  expect(await picks.acknowledge()).toBe(false);
  expect([sent.mock.calls.length, picks.ids.size]).toEqual([0, 1]);
  past.leave();
  expect(await picks.acknowledge()).toBe(true);
  expect([sent.mock.calls.length, picks.ids.size]).toEqual([1, 0]);
});
