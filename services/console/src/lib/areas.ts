/** Administrative areas: which exist on a day, and which incidents reach into one. */
import type { Area } from './api/figures';
import type { Incident } from './api/types';

export type Era = 'today' | 'before' | 'neighbours';
export const ERAS: readonly Era[] = ['today', 'before', 'neighbours'];

/** Where an area stands in the list: beyond the border, of today, or of another time. */
export function eraOf(area: Area, today: string): Era {
  if (area.neighbour) return 'neighbours';
  const exists = (!area.valid_from || area.valid_from <= today) && (!area.valid_to || today < area.valid_to);
  return exists ? 'today' : 'before';
}

/** Those that reach into the area, whosever asset is their root. */
export function reaching(incidents: Iterable<Incident>, area: Area): Incident[] {
  return [...incidents].filter(({ zones }) => zones.some((zone) => area.zones.includes(zone)));
}

/** The areas of the same day that an incident reaches into besides this one: with them it is shared. */
export function sharedWith(incident: Incident, area: Area, areas: readonly Area[], today: string): Area[] {
  const era = eraOf(area, today);
  return areas.filter((other) => {
    const alongside = other.id !== area.id && (other.neighbour || eraOf(other, today) === (era === 'before' ? 'before' : 'today'));
    return alongside && other.zones.some((zone) => incident.zones.includes(zone) && !area.zones.includes(zone));
  });
}
