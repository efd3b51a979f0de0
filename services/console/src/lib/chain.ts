/** The cause chain: groups of signals that report one thing, and which group caused which. */
import type { Link, Signal } from './api/types';
import { worst } from './severity';

export interface Group {
  /** Id of the anchor signal. */
  id: string;
  anchor: Signal | null;
  members: string[];
  severity: string;
  depth: number;
  row: number;
  parent: Link | null;
}

/** Follows `same` links to the anchor of each signal's group. */
function anchors(signals: Signal[], links: Link[]): Map<string, string> {
  const to = new Map(links.filter(({ kind }) => kind === 'same').map(({ cause, effect }) => [effect, cause]));
  const found = new Map<string, string>();
  const ids = new Set([...signals.map(({ id }) => id), ...links.flatMap(({ cause, effect }) => [cause, effect])]);
  for (const id of ids) {
    const seen = new Set([id]);
    let anchor = id;
    for (let next = to.get(anchor); next && !seen.has(next); next = to.get(anchor)) {
      anchor = next;
      seen.add(next);
    }
    found.set(id, anchor);
  }
  return found;
}

/** Groups in drawing order: depth is the column, row the line; a parent stands before its effects. */
export function chain(signals: Signal[], links: Link[]): Group[] {
  const anchorOf = anchors(signals, links);
  const byId = new Map(signals.map((signal) => [signal.id, signal]));
  const groups = new Map<string, Group>();
  for (const [id, anchor] of anchorOf) {
    const group = groups.get(anchor) ?? empty(anchor, byId.get(anchor) ?? null);
    group.members.push(id);
    groups.set(anchor, group);
  }
  const children = new Map<string, Group[]>();
  for (const link of links) {
    if (link.kind === 'same') continue;
    const effect = groups.get(anchorOf.get(link.effect) ?? '');
    const cause = anchorOf.get(link.cause);
    if (!effect || !cause || effect.parent || effect.id === cause) continue;
    effect.parent = link;
    children.set(cause, [...(children.get(cause) ?? []), effect]);
  }
  for (const group of groups.values())
    group.severity = worst(group.members.map((id) => byId.get(id)?.severity ?? 'warning'));
  return placed(groups, children);
}

function empty(id: string, anchor: Signal | null): Group {
  return { id, anchor, members: [], severity: 'warning', depth: 0, row: 0, parent: null };
}

function placed(groups: Map<string, Group>, children: Map<string, Group[]>): Group[] {
  const order: Group[] = [];
  const seen = new Set<string>();
  const time = ({ anchor, id }: Group) => `${anchor?.raised_at ?? ''}${id}`;
  const visit = (group: Group, depth: number) => {
    if (seen.has(group.id)) return;
    seen.add(group.id);
    group.depth = depth;
    group.row = order.length;
    order.push(group);
    const effects = children.get(group.id) ?? [];
    for (const effect of [...effects].sort((a, b) => time(a).localeCompare(time(b)))) visit(effect, depth + 1);
  };
  const roots = [...groups.values()].filter(({ parent }) => !parent);
  for (const root of roots.sort((a, b) => time(a).localeCompare(time(b)))) visit(root, 0);
  for (const group of groups.values()) visit(group, 0);
  return order;
}
