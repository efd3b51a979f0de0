import { expect, test, vi } from 'vitest';
import { session } from './session.svelte';

test('a tab that is turned to again knows that the person has signed out in another one', async () => {
  session.standing = 'in';
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ name: null, roles: [], agency: null })));
  document.dispatchEvent(new Event('visibilitychange'));
  await expect.poll(() => session.standing).toBe('out');
  vi.unstubAllGlobals();
});
