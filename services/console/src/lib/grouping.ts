/** The list in groups: what an incident belongs to, and the lines that are drawn. */
import type { Incident } from './api/types';

export const GROUPINGS = ['none', 'severity', 'domain', 'zone', 'owner'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** One line of the list: the head of a group, or an incident. */
export type Line = { key: string; head: string; count: number } | { key: string; incident: Incident };

const OF: Record<Exclude<Grouping, 'none'>, (incident: Incident) => string> = {
  severity: ({ severity }) => severity,
  domain: ({ domain }) => domain,
  zone: ({ zones }) => zones[0] ?? '',
  owner: ({ assignee }) => assignee ?? '',
};

/** Groups in the order of their first incident, so that the most urgent group comes first. */
export function linesOf(incidents: Incident[], by: Grouping): Line[] {
  if (by === 'none') return incidents.map(lineOf);
  const groups = new Map<string, Incident[]>();
  for (const one of incidents) {
    const name = OF[by](one);
    const group = groups.get(name);
    if (group) group.push(one);
    else groups.set(name, [one]);
  }
  return [...groups].flatMap(([head, members]) => [{ key: `head ${head}`, head, count: members.length }, ...members.map(lineOf)]);
}

const lineOf = (incident: Incident): Line => ({ key: incident.id, incident });
