import { afterEach, expect, test, vi } from 'vitest';
import { Doing } from './doing.svelte';
import { handovers } from './handovers.svelte';
import { Problem } from '../api/client';

afterEach(() => void vi.unstubAllGlobals());

const refused = (detail: string) => () => Promise.reject(new Problem(422, { detail }));
const fine = () => Promise.resolve();

test('a refusal stays to be read when the list is read again, and an error of that list goes with it', async () => {
  const doing = new Doing();
  await doing.run(refused('no reason'));
  await doing.reread(fine);
  expect(doing.error).toBe('Máy chủ từ chối: no reason');
  await doing.run(fine);
  await doing.reread(refused('not now'));
  expect(doing.error).toBe('Máy chủ từ chối: not now');
  await doing.reread(fine);
  expect(doing.error).toBeNull();
});

test('a hand-over that is read tells when somebody else has accepted it', async () => {
  let accepted_by: string | null = null;
  const one = () => ({ id: 7, agency: null, accepted_by });
  const another = { id: 8, agency: 'water', accepted_by: null };
  vi.stubGlobal('fetch', (path: string) => Promise.resolve(Response.json(path.endsWith('/7') ? one() : { items: [another, one()], next: null })));
  await handovers.load();
  expect(handovers.shown).toEqual(one()); // the newest that waits is of another desk
  accepted_by = 'an';
  await handovers.load();
  expect(handovers.shown).toEqual(one());
  expect(one().accepted_by).toBe('an');
});
