/** Names of fields and their values, for people. */
import { filled } from './forms';
import { named, preferences, t } from './state/preferences.svelte';
import { number } from './time';

/** `pattern.within_s` → "Pattern: within"; a field that no word names by its own name. */
export function labelOf(path: string): string {
  return path
    .split('.')
    .map((name) => named('field', name))
    .join(': ');
}

/** A value of a field in one line. */
export function valueOf(value: unknown): string {
  if (!filled(value) || (Array.isArray(value) && value.length === 0)) return '–';
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return number(value, preferences.language, 4);
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  if (Array.isArray(value)) return value.map(valueOf).join('; ');
  return Object.entries(value as object).flatMap(([name, one]) => (filled(one) ? [`${labelOf(name)}: ${valueOf(one)}`] : [])).join(', ');
}
