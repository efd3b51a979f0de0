/** Names of fields and their values, for people. */
import { filled } from './forms';
import { judging } from './state/judging.svelte';
import { place } from './state/place.svelte';
import { named, preferences, t, unitOf } from './state/preferences.svelte';
import { dayText, number } from './time';

/** `pattern.within_s` → "Pattern: within"; a field that no word names by its own name. */
export function labelOf(path: string): string {
  return path
    .split('.')
    .map((name) => named('field', name))
    .join(': ');
}

const kind = (id: string) => place.kind(id);
const option = (id: string) => named('option', id);
const day = (text: string) => dayText(text, preferences.language);
/** What stands in a field for something that has a name. */
const NAMES: Record<string, (id: string) => string> = {
  kind, kinds: kind, causes: kind, effects: kind, conditions: kind,
  quantity: (id) => place.quantity(id),
  asset: (id) => place.called(id),
  limit: (key) => judging.limit(key),
  unit: unitOf,
  severity: (id) => named('severity', id),
  relation: (id) => named('relation', id),
  function: option, mode: option, side: option, state: option, status: option,
  valid_from: day, valid_to: day,
};

/** A value of a field in one line; `path` of the field: what its value is the id of says its name. */
export function valueOf(value: unknown, path: string): string {
  const name = NAMES[path.slice(path.lastIndexOf('.') + 1)] ?? String;
  if (!filled(value) || (Array.isArray(value) && value.length === 0)) return '–';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return number(value, preferences.language, 4);
  if (typeof value === 'string') return name(value);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.map(name).join(', ');
  if (Array.isArray(value)) return value.map((one) => valueOf(one, path)).join('; ');
  return Object.entries(value as object).flatMap(([field, one]) => (filled(one) ? [`${labelOf(field)}: ${valueOf(one, field)}`] : [])).join(', ');
}
