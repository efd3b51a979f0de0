/** What each filter of a webhook can be narrowed to, and what that is called. */
import { CHANGES, type Filter } from './api/hooks';
import { SEVERITIES, STATES } from './api/types';
import { place } from './state/place.svelte';
import { named } from './state/preferences.svelte';

const KNOWN: Record<Filter, () => readonly string[]> = {
  kinds: () => CHANGES,
  severity: () => SEVERITIES,
  domain: () => place.domains.map(({ id }) => id),
  agency: () => place.agencies.map(({ id }) => id),
  zone: () => [...place.assets.values()].filter(({ kind }) => kind === 'zone').map(({ id }) => id),
  state: () => STATES,
};
const CALLED: Record<Filter, (id: string) => string> = {
  kinds: (id) => named('change', id),
  severity: (id) => named('severity', id),
  domain: (id) => place.domain(id),
  agency: (id) => place.agency(id),
  zone: (id) => place.called(id),
  state: (id) => named('state', id),
};
/** Those without an order of their own are read by name. */
const BY_NAME: readonly Filter[] = ['domain', 'agency', 'zone'];

/** A value of a filter as it is called elsewhere. */
export const called = (filter: Filter, id: string) => CALLED[filter](id);

/** Everything to choose from, with what is chosen although it is gone: id and name. */
export function choicesOf(filter: Filter, chosen: readonly string[]): [string, string][] {
  const found = [...new Set([...KNOWN[filter](), ...chosen])].map((id): [string, string] => [id, called(filter, id)]);
  return BY_NAME.includes(filter) ? found.sort(([, one], [, other]) => one.localeCompare(other)) : found;
}
