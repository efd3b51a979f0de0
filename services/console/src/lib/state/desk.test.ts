import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Incident } from '../api/types';
import { incident } from '../incident.test-data';
import { EMPTY } from '../filter';
import { center } from './center.svelte';
import { desk } from './desk.svelte';
import { session } from './session.svelte';

const [first, second] = ['inc-1', 'inc-2'].map((id) => incident({ id, title_vi: `Mất điện ${id}` })) as [Incident, Incident];
let answer: (answer: Response) => void;

beforeEach(() => {
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => (answer = resolve)));
  session.roles = ['operator'];
  for (const one of [first, second]) center.put(one);
});

afterEach(() => {
  desk.filter = { ...EMPTY };
  desk.select(null);
  vi.unstubAllGlobals();
});

test('what is answered after another incident was turned to names the one it was asked of', async () => {
  desk.select(first.id);
  const asked = desk.act('acknowledge');
  desk.select(second.id);
  answer(Response.json({ title: 'no', detail: 'too late', current: { ...first, version: 2 } }, { status: 409 }));
  expect(await asked).toBe(false);
  expect(desk.about(desk.conflict!.current)).toBe('Mất điện inc-1: ');
  expect(desk.about(second)).toBe('');
  desk.select(first.id);
  const again = desk.act('take');
  desk.select(second.id);
  answer(Response.json({ detail: 'too late' }, { status: 422 }));
  await again;
  expect(desk.error).toBe('Mất điện inc-1: Máy chủ từ chối: too late');
});

test('what is carried out after another incident was turned to leaves that one and what is written there alone', async () => {
  desk.select(first.id);
  desk.write('note');
  const asked = desk.act('note', { note: 'a' });
  desk.select(second.id);
  desk.write('note');
  answer(Response.json({ ...first, id: 'inc-3', version: 3 }));
  expect(await asked).toBe(true);
  expect([desk.selected, desk.writing, desk.done]).toEqual([second.id, 'note', null]);
});

test('the next one is the next also where the selected one has left the list', () => {
  const ids = ['inc-a', 'inc-b', 'inc-c', 'inc-d'];
  for (const id of ids) center.put(incident({ id }));
  desk.filter = { ...EMPTY, states: ['open'], query: 'inc' };
  desk.select('inc-c');
  center.put(incident({ id: 'inc-c', version: 2, state: 'acknowledged' }));
  desk.step(1);
  expect(desk.selected).toBe('inc-d');
  desk.select('inc-b');
  center.put(incident({ id: 'inc-b', version: 2, state: 'acknowledged' }));
  desk.step(-1);
  expect(desk.selected).toBe('inc-a');
  desk.select('inc-d');
  desk.filter = { ...EMPTY, states: ['acknowledged'] };
  desk.step(1);
  expect(desk.selected).toBe(desk.shown[0]?.id);
});
