/** Which incidents the list shows, and in what order. */
import type { Incident } from './api/types';
import { rank } from './severity';
import { fold, matches } from './text';

export interface Filter {
  severities: string[];
  states: string[];
  domains: string[];
  /** An id of a zone; empty is any. */
  zone: string;
  owner: '' | 'mine' | 'nobody';
  query: string;
}

/** What a filter must know beside the incident. */
export interface Around {
  user?: string;
  /** The names of a zone, in both languages. */
  named?: (zone: string) => string;
}

export const EMPTY: Filter = { severities: [], states: [], domains: [], zone: '', owner: '', query: '' };
export const LIVE_STATES = ['open', 'acknowledged', 'in_progress'];

/** A version of an incident is folded once, not with every look at the list. */
const folded = new WeakMap<Incident, string>();

/** Everything of an incident that a search may find, folded. */
export function searchable(incident: Incident): string {
  let found = folded.get(incident);
  if (found === undefined) {
    const { title, title_vi, kind, id, root_asset, assignee, zones } = incident;
    found = fold([title, title_vi, kind, id, root_asset ?? '', assignee ?? '', ...zones].join(' '));
    folded.set(incident, found);
  }
  return found;
}

/** The names of its zones, folded. */
const placesOf = ({ zones }: Incident, named: Around['named']) => (named ? fold(zones.map(named).join(' ')) : '');

function owned({ owner }: Filter, { assignee }: Incident, user: string | undefined): boolean {
  if (owner === 'mine') return assignee !== null && assignee === user;
  return owner === '' || assignee === null;
}

const within = (chosen: string[], value: string) => chosen.length === 0 || chosen.includes(value);

/** Whether the filter shows it; without chosen states, what is live. */
export function shows(filter: Filter, incident: Incident, { user, named }: Around = {}): boolean {
  const query = filter.query.trim();
  return (
    within(filter.severities, incident.severity) &&
    within(filter.states.length ? filter.states : LIVE_STATES, incident.state) &&
    within(filter.domains, incident.domain) &&
    (filter.zone === '' || incident.zones.includes(filter.zone)) &&
    owned(filter, incident, user) &&
    (query === '' || matches(query, `${searchable(incident)} ${placesOf(incident, named)}`))
  );
}

/** Shelved by a person or covered by silences and works. */
export const setAside = ({ shelved, suppressed }: Incident) => Boolean(shelved ?? suppressed);

/** What is set aside last; worst first, unacknowledged before others, newest first. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    Number(setAside(a)) - Number(setAside(b)) ||
    rank(a.severity) - rank(b.severity) ||
    Number(a.state !== 'open') - Number(b.state !== 'open') ||
    b.opened_at.localeCompare(a.opened_at) ||
    a.id.localeCompare(b.id)
  );
}

/** The value added, or removed when it was there. */
export function toggled(chosen: string[], value: string): string[] {
  return chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
}
