/** Which incidents the list shows, and in what order. */
import type { Incident } from './api/types';
import { rank } from './severity';
import { fold, matches } from './text';

export interface Filter {
  severities: string[];
  states: string[];
  domains: string[];
  query: string;
}

export const EMPTY: Filter = { severities: [], states: [], domains: [], query: '' };
export const LIVE_STATES = ['open', 'acknowledged', 'in_progress'];

/** Everything of an incident that a search may find, folded. */
export function searchable(incident: Incident): string {
  const { title, title_vi, kind, id, root_asset, assignee, zones } = incident;
  return fold([title, title_vi, kind, id, root_asset ?? '', assignee ?? '', ...zones].join(' '));
}

const within = (chosen: string[], value: string) => chosen.length === 0 || chosen.includes(value);

/** Whether the filter shows it; without chosen states, what is live. */
export function shows(filter: Filter, incident: Incident): boolean {
  return (
    within(filter.severities, incident.severity) &&
    within(filter.states.length ? filter.states : LIVE_STATES, incident.state) &&
    within(filter.domains, incident.domain) &&
    (filter.query.trim() === '' || matches(filter.query.trim(), searchable(incident)))
  );
}

/** Worst first, unacknowledged before others, newest first. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
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
