import { afterEach, expect, test } from 'vitest';
import type { Asset, Domain } from './api/types';
import { called, choicesOf } from './hook-filters';
import { place } from './state/place.svelte';
import { preferences } from './state/preferences.svelte';

afterEach(() => {
  place.domains = [];
  place.assets = new Map();
  preferences.language = 'vi';
});

test('states keep their order, domains and zones are read by name in the chosen language', () => {
  place.domains = [{ id: 'power', name: 'Power', name_vi: 'Điện' }, { id: 'air', name: 'Air', name_vi: 'Không khí' }] as Domain[];
  place.assets = new Map([['z', { id: 'z', kind: 'zone', name: 'Dĩ An', name_vi: '' }], ['f', { id: 'f', kind: 'feeder', name: 'Feeder', name_vi: '' }]] as [string, Asset][]);
  expect(choicesOf('severity', []).map(([id]) => id)).toEqual(['critical', 'major', 'minor', 'warning']);
  expect(choicesOf('domain', [])).toEqual([['power', 'Điện'], ['air', 'Không khí']]);
  preferences.language = 'en';
  expect(choicesOf('domain', [])).toEqual([['air', 'Air'], ['power', 'Power']]);
  expect(choicesOf('zone', [])).toEqual([['z', 'Dĩ An']]);
});

test('what is chosen stays to be seen when the city no longer has it', () => {
  expect(choicesOf('zone', ['gone'])).toEqual([['gone', 'gone']]);
  expect(called('kinds', 'opened')).toBe('Mở sự cố');
});
