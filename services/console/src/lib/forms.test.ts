import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apart, bodyOf, changes, flat, FORMS, idOf, onTop, pathsOf, placeOf, withValue, type Field } from './forms';

interface Schema {
  properties?: Record<string, { default?: unknown }>;
}
const { components } = JSON.parse(readFileSync('../../docs/generated/openapi.json', 'utf8')) as { components: { schemas: Record<string, Schema> } };
const namesOf = (schema: string) => Object.keys(components.schemas[schema]?.properties ?? {});
const fieldsOf = (fields: readonly Field[]) => fields.filter(({ kind }) => kind !== 'one').map(({ name }) => name);
const inside = (fields: readonly Field[], name: string) => fields.find((one) => one.name === name)?.fields ?? [];

test('the forms have the fields of the API, all and no others', () => {
  const pattern = inside(FORMS.rules, 'pattern');
  const pairs: [string, readonly Field[], string[]][] = [
    ['Rule', FORMS.rules, ['version']],
    ['Cause', inside(FORMS.rules, 'cause'), []],
    ['Same', inside(FORMS.rules, 'same'), []],
    ['Pattern', pattern, []],
    ['Part', inside(pattern, 'parts'), []],
    ['Hop', inside(pattern, 'along'), []],
    ['Condition', FORMS.conditions, []],
    ['Limit', FORMS.limits, []],
  ];
  for (const [schema, fields, besides] of pairs) expect([...fieldsOf(fields), ...besides].sort(), schema).toEqual(namesOf(schema).sort());
});

test('a flag that nobody set shows what the API takes for it', () => {
  for (const schema of ['Rule', 'Pattern', 'Condition', 'Part', 'Hop', 'Cause', 'Same'])
    for (const [name, { default: standard }] of Object.entries(components.schemas[schema]?.properties ?? {}))
      if (typeof standard === 'boolean') expect([schema, name, ['enabled', 'opens'].includes(name)]).toEqual([schema, name, standard]);
});

test('what the API names is found in the form', () => {
  expect(placeOf('rules', 'cause.delay_max')).toBe('cause.delay_max');
  expect(placeOf('conditions', 'conditions.0.clear')).toBe('clear');
  expect(placeOf('rules', 'pattern.parts.2.kinds')).toBe('pattern.parts');
  expect(pathsOf(FORMS.rules)).toContain('pattern.parts');
});

test('a value is set at its path and nothing else is touched', () => {
  const body = { pattern: { parts: [{ kinds: ['a'] }, { kinds: ['b'] }] }, id: 'x' };
  const after = withValue(body, ['pattern', 'parts', 1, 'count'], 3);
  expect(after).toEqual({ pattern: { parts: [{ kinds: ['a'] }, { kinds: ['b'], count: 3 }] }, id: 'x' });
  expect(after.pattern.parts[0]).toBe(body.pattern.parts[0]);
  expect(changes(body, after).map(({ field }) => field)).toEqual(['pattern.parts']);
});

test('a limit is known by key, asset and day, and sent without what only tells where it is from', () => {
  const row = { id: 'river.stage@tdm/2026-01-01', key: 'river.stage', asset: 'tdm', valid_from: '2026-01-01', valid_to: null, value: 1, origin: 'edit', revision: 4 };
  expect(idOf('limits', row)).toBe(row.id);
  expect(bodyOf('limits', row)).toEqual({ key: 'river.stage', asset: 'tdm', valid_from: '2026-01-01', value: 1 });
});

test('of two people who changed one thing nothing is lost: mine goes on top of theirs', () => {
  const was = { title: 'a', margin: 0.05, cause: { delay_max: 60, causes: ['x'] } };
  const theirs = { title: 'a', margin: 0.07, cause: { delay_max: 90, causes: ['x'] } };
  const mine = { title: 'b', cause: { delay_max: 30, causes: ['x'] } };
  expect(onTop(was, mine, theirs)).toEqual({ title: 'b', cause: { delay_max: 30, causes: ['x'] } });
  expect(apart(was, theirs, mine)).toEqual([
    { field: 'margin', was: 0.05, theirs: 0.07, yours: undefined, both: true },
    { field: 'cause.delay_max', was: 60, theirs: 90, yours: 30, both: true },
    { field: 'title', was: 'a', theirs: 'a', yours: 'b', both: false },
  ]);
});

test('every filled field is told by its path', () => {
  expect(flat({ id: 'x', margin: null, cause: { causes: ['a'], same_asset: false } })).toEqual([['id', 'x'], ['cause.causes', ['a']], ['cause.same_asset', false]]);
});
