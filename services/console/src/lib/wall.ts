/** What a wall shows in turn: the city, its worst incidents one by one, figures. */
import type { Incident } from './api/types';
import { LIVE_STATES, setAside } from './filter';
import { SEVERITIES } from './api/types';

export type Scene = { kind: 'city' } | { kind: 'incident'; id: string } | { kind: 'figures' };

export const SCENE_S = 15;
const MOST_INCIDENTS = 3;
/** Height for which the sizes of the style sheet are made to be read from three metres. */
const FULL_HD: [number, number] = [1920, 1080];
const FROM_AFAR = 1.25;

/** `?wall=1` in the address. */
export const isWall = (search: string) => new URLSearchParams(search).get('wall') === '1';

/** One factor for text, map and charts: the same picture from 1080p to 4K. */
export function scaleOf(width: number, height: number): number {
  return Math.max(0.5, Math.min(width / FULL_HD[0], height / FULL_HD[1])) * FROM_AFAR;
}

/** Live incidents that nobody set aside, in the order in which they came. */
export function waiting(incidents: Incident[]): Incident[] {
  return incidents.filter((one) => LIVE_STATES.includes(one.state) && !setAside(one));
}

/** `urgent` is in the order of urgency; with nothing to tell of, city and figures take turns. */
export function scenesOf(urgent: Incident[]): Scene[] {
  const told = waiting(urgent).slice(0, MOST_INCIDENTS);
  return [{ kind: 'city' }, ...told.map(({ id }): Scene => ({ kind: 'incident', id })), { kind: 'figures' }];
}

/** The scene after the one shown; the list may have changed meanwhile. */
export function following(scenes: Scene[], shown: Scene): Scene {
  const same = (one: Scene) => one.kind === shown.kind && (one.kind !== 'incident' || one.id === (shown as { id?: string }).id);
  return scenes[(scenes.findIndex(same) + 1) % scenes.length] ?? { kind: 'city' };
}

export interface Bar {
  id: string;
  count: number;
  /** Of the longest, 0 to 1. */
  share: number;
}

/** How many incidents there are by what `of` says, the most first. */
export function barsOf(incidents: Incident[], of: (incident: Incident) => string[], most = 8): Bar[] {
  const counts = new Map<string, number>();
  for (const one of incidents) for (const id of of(one)) counts.set(id, (counts.get(id) ?? 0) + 1);
  const ordered = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, most);
  return ordered.map(([id, count]) => ({ id, count, share: count / (ordered[0]?.[1] ?? 1) }));
}

/** How many there are of each severity, the worst first. */
export function bySeverity(incidents: Incident[]): { severity: string; count: number }[] {
  return SEVERITIES.map((severity) => ({ severity, count: incidents.filter((one) => one.severity === severity).length }));
}
