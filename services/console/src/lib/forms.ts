/** The forms of rules, conditions and limits as data: which fields there are, and how each is filled in. */
import type { Body, Shelf } from './api/judging';

export interface Field {
  name: string;
  kind: 'text' | 'long' | 'lines' | 'number' | 'flag' | 'date' | 'list' | 'numbers' | 'choice' | 'one' | 'group' | 'rows';
  /** `choice`: the values; `one`: the fields of which exactly one is filled. */
  options?: readonly string[];
  /** What the text is completed from. */
  known?: 'kinds' | 'quantities' | 'assets';
  /** What a number counts. */
  unit?: 's' | 'm';
  /** `group` and `rows`: what is in it. */
  fields?: readonly Field[];
  /** Only where one of these fields is filled. */
  when?: readonly string[];
  /** It is part of the address: not changed once it is saved. */
  fixed?: boolean;
  /** What the API takes for a flag that is missing. */
  standard?: boolean;
}

const SEVERITY = ['critical', 'major', 'minor', 'warning'];
const TESTS = ['above', 'below', 'limit', 'deviation', 'absent_for', 'stuck_for', 'copied_for', 'state'];
const text = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'text', ...more });
const number = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'number', ...more });
const seconds = (name: string, more: Partial<Field> = {}) => number(name, { unit: 's', ...more });
const metres = (name: string) => number(name, { unit: 'm' });
const flag = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: 'flag', ...more });
const kinds = (name: string): Field => ({ name, kind: 'list', known: 'kinds' });
const choice = (name: string, options: readonly string[], more: Partial<Field> = {}): Field => ({ name, kind: 'choice', options, ...more });

const ALONG: Field = { name: 'along', kind: 'rows', fields: [text('relation'), number('min'), number('max'), number('confidence'), flag('against')] };
const CAUSE = [
  kinds('causes'),
  kinds('effects'),
  kinds('conditions'),
  seconds('delay_min'),
  seconds('delay_max'),
  flag('delay_per_hop'),
  ALONG,
  flag('same_asset'),
  metres('within_m'),
  flag('downwind'),
  seconds('begins_until'),
  seconds('outlived_after'),
  number('confidence'),
  number('suspect_from'),
  seconds('suspect_within'),
];
const SAME = [kinds('kinds'), kinds('repeats'), seconds('within_s'), metres('within_m'), ALONG, flag('same_asset'), number('text'), flag('moving'), number('confidence')];
const PART = [kinds('kinds'), choice('severity', SEVERITY), number('count'), flag('distinct'), seconds('within_s'), flag('not'), flag('cited')];
const PATTERN: Field[] = [
  choice('mode', ['all', 'any', 'at_least', 'sequence']),
  number('least'),
  seconds('within_s'),
  seconds('gathers_s'),
  { name: 'parts', kind: 'rows', fields: PART },
  metres('within_m'),
  flag('same_zone'),
  flag('same_asset'),
  ALONG,
  flag('at_once'),
  flag('opens', { standard: true }),
  choice('severity', SEVERITY),
];

export const FORMS: Record<Shelf, readonly Field[]> = {
  rules: [
    text('id', { fixed: true }),
    flag('enabled', { standard: true }),
    text('title_vi'),
    text('title'),
    { name: 'runbook_vi', kind: 'long' },
    { name: 'runbook', kind: 'long' },
    { name: 'procedure_vi', kind: 'lines' },
    { name: 'procedure', kind: 'lines' },
    number('margin'),
    { name: 'body', kind: 'one', options: ['cause', 'same', 'pattern'], fixed: true },
    { name: 'cause', kind: 'group', fields: CAUSE, when: ['cause'] },
    { name: 'same', kind: 'group', fields: SAME, when: ['same'] },
    { name: 'pattern', kind: 'group', fields: PATTERN, when: ['pattern'] },
  ],
  conditions: [
    text('id', { fixed: true }),
    flag('enabled', { standard: true }),
    text('name_vi'),
    text('name'),
    text('kind', { known: 'kinds' }),
    choice('severity', SEVERITY),
    text('quantity', { known: 'quantities' }),
    { name: 'test', kind: 'one', options: TESTS },
    number('above', { when: ['above'] }),
    number('below', { when: ['below'] }),
    text('limit', { when: ['limit'] }),
    number('times', { when: ['limit'] }),
    number('deviation', { when: ['deviation'] }),
    choice('side', ['above', 'below'], { when: ['limit', 'deviation'] }),
    seconds('absent_for', { when: ['absent_for'] }),
    seconds('stuck_for', { when: ['stuck_for'] }),
    seconds('copied_for', { when: ['copied_for'] }),
    choice('state', ['calibrating', 'fault'], { when: ['state'] }),
    number('clear'),
    seconds('for'),
    seconds('over'),
    choice('function', ['mean', 'max', 'min', 'rate', 'sum', 'ceiling']),
    { name: 'hours', kind: 'numbers', when: ['above', 'below', 'limit', 'deviation'] },
    { name: 'applies_to', kind: 'list' },
    seconds('hold_down'),
  ],
  limits: [
    text('key', { fixed: true }),
    text('asset', { fixed: true, known: 'assets' }),
    text('name'),
    text('name_vi'),
    { name: 'valid_from', kind: 'date', fixed: true },
    { name: 'valid_to', kind: 'date' },
    number('value'),
    text('unit'),
    seconds('averaging_s'),
    text('legal_ref'),
    choice('status', ['official', 'secondary', 'own']),
  ],
};

/** What a field holds when it becomes the one that is filled. */
export const BEGINS: Body = {
  above: 0,
  below: 0,
  limit: '',
  deviation: 5,
  absent_for: 300,
  stuck_for: 600,
  copied_for: 600,
  state: 'fault',
  cause: { causes: [], effects: [], same_asset: true, delay_max: 600 },
  same: { kinds: [], within_m: 300, within_s: 1800 },
  pattern: { parts: [{ kinds: [] }], within_s: 3600, same_zone: true },
};

export const EMPTY: Record<Shelf, Body> = {
  rules: { id: '', title: '', title_vi: '', runbook: '', runbook_vi: '', cause: BEGINS.cause },
  conditions: { id: '', kind: '', severity: 'minor', quantity: '', name: '', name_vi: '', above: 0 },
  limits: { key: '', value: 0, unit: '', valid_from: '', legal_ref: '', status: 'own' },
};

export const filled = (value: unknown) => value !== undefined && value !== null;

/** The id that the API knows it by. */
export function idOf(shelf: Shelf, body: Body): string {
  if (shelf !== 'limits') return String(body.id ?? '');
  return `${String(body.key ?? '')}${body.asset ? `@${String(body.asset)}` : ''}/${String(body.valid_from ?? '')}`;
}

/** What a row is called in its two languages; a limit that has no name by its key. */
export function namesOf(shelf: Shelf, row: Body): [string, string] {
  const name = shelf === 'rules' ? 'title' : 'name';
  return [String(row[name] || (row.key ?? '')), String(row[`${name}_vi`] || (row.key ?? ''))];
}

const SHOWN_ONLY: Record<Shelf, readonly string[]> = { rules: ['origin', 'revision', 'version'], conditions: ['origin', 'revision', 'domain'], limits: ['origin', 'revision', 'id'] };

/** The row without what only tells where it comes from, and without what is null: the API has its own standards. */
export function bodyOf(shelf: Shelf, row: Body): Body {
  return Object.fromEntries(Object.entries(row).filter(([name, value]) => !SHOWN_ONLY[shelf].includes(name) && filled(value)));
}

/** The body with the value at a path of names and places. */
export function withValue<T>(holder: T, path: readonly (string | number)[], value: unknown): T {
  const [name, ...rest] = path;
  if (name === undefined) return value as T;
  if (Array.isArray(holder)) return holder.map((one: unknown, place) => (place === name ? withValue(one, rest, value) : one)) as T;
  const found = (holder ?? {}) as Body;
  return { ...found, [name]: withValue(found[name], rest, value) } as T;
}

/** Where in the form belongs what the API names: `conditions.0.clear` → `clear`, `pattern.parts.2.kinds` → `pattern.parts`. */
export function placeOf(shelf: Shelf, field: string): string {
  const names = field.split('.').filter(Boolean);
  if (names[0] === shelf && /^\d+$/.test(names[1] ?? '')) names.splice(0, 2);
  const row = names.findIndex((name) => /^\d+$/.test(name));
  return (row < 0 ? names : names.slice(0, row)).join('.');
}

/** The paths of all fields of a form. */
export function pathsOf(fields: readonly Field[], within = ''): string[] {
  return fields.flatMap((one) => [within + one.name, ...(one.kind === 'group' ? pathsOf(one.fields ?? [], `${within}${one.name}.`) : [])]);
}

/** Every field that is filled, nested ones by their path. */
export function flat(body: Body, within = ''): [string, unknown][] {
  return Object.entries(body).flatMap(([name, value]) => {
    if (!filled(value)) return [];
    return isGroup(value) ? flat(value, `${within}${name}.`) : [[within + name, value] as [string, unknown]];
  });
}

const isGroup = (value: unknown): value is Body => value !== null && typeof value === 'object' && !Array.isArray(value);

export interface Changed {
  field: string;
  before: unknown;
  after: unknown;
}

/** The fields in which two bodies differ, nested ones by their path. */
export function changes(before: Body, after: Body, within = ''): Changed[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const [was, is] = [before[name], after[name]];
    if (JSON.stringify(was ?? null) === JSON.stringify(is ?? null)) return [];
    return isGroup(was) && isGroup(is) ? changes(was, is, `${within}${name}.`) : [{ field: within + name, before: was, after: is }];
  });
}

/** What was changed from one body to the next, put on top of another. */
export function onTop(before: Body, after: Body, other: Body): Body {
  return changes(before, after).reduce((body, one) => withValue(body, one.field.split('.'), one.after), other);
}

export interface Apart {
  field: string;
  was: unknown;
  theirs: unknown;
  yours: unknown;
  /** Both changed it, and not to the same. */
  both: boolean;
}

/** Two changed bodies and the one that both began with, by the fields that either changed. */
export function apart(was: Body, theirs: Body, yours: Body): Apart[] {
  const [they, you] = [changes(was, theirs), changes(was, yours)].map((list) => new Map(list.map((one) => [one.field, one]))) as [Map<string, Changed>, Map<string, Changed>];
  return [...new Set([...they.keys(), ...you.keys()])].map((field) => {
    const [their, your] = [they.get(field), you.get(field)];
    const before = (their ?? your)?.before;
    const both = their !== undefined && your !== undefined && JSON.stringify(their.after ?? null) !== JSON.stringify(your.after ?? null);
    return { field, was: before, theirs: their ? their.after : before, yours: your ? your.after : before, both };
  });
}
