/** How changes make the incidents of the screen new, and which of them it forgets. */
import type { Change, Incident } from '../api/types';

type Incidents = ReadonlyMap<string, Incident>;

/** Kinds of change by which an incident asks for a look. */
const CALLING = ['opened', 'reopened', 'returned'];
const ENDED = ['closed', 'merged'];
/** So many that have ended are kept, the newest; the API has the others. */
export const MOST_ENDED = 300;

/** The incidents after the changes, older versions ignored, and the ids of those that nobody has read. */
export function taken(known: Incidents, changes: Change[]): { incidents: Map<string, Incident>; fresh: string[] } {
  const incidents = new Map(known);
  const fresh: string[] = [];
  for (const { incident_id, version, kind, incident } of changes) {
    if ((incidents.get(incident_id)?.version ?? 0) >= version) continue;
    incidents.set(incident_id, incident);
    if (CALLING.includes(kind) && !incident.suppressed) fresh.push(incident_id);
  }
  return { incidents, fresh };
}

/** Without the oldest of those that have ended: a page that is open for weeks must not grow. */
export function kept(incidents: Map<string, Incident>): Map<string, Incident> {
  const ended = [...incidents.values()].filter(({ state }) => ENDED.includes(state));
  if (ended.length <= MOST_ENDED) return incidents;
  ended.sort((a, b) => b.updated_at.localeCompare(a.updated_at));
  for (const { id } of ended.slice(MOST_ENDED)) incidents.delete(id);
  return incidents;
}
