/** One ordered list of what happened: signals by event time, changes by the time they were recorded. */
import type { Change, Member, Told } from './api/types';

export interface Happening {
  key: string;
  what: 'signal' | 'change' | 'delivery';
  /** Event time, where there is one. */
  happened: string | null;
  /** When the center knew. */
  received: string | null;
  kind: string;
  /** What a person asked for, where the change is its update. */
  command: string | null;
  by: string;
  note: string | null;
  attachment: string | null;
  delivery: Told | null;
  signal: { kind: string; asset: string; measures: string | null; zone: string; ended: boolean } | null;
}

/** Newest first. */
export function eventsOf(changes: Change[], members: Member[], told: Told[] = []): Happening[] {
  const joined = new Map<string, string>();
  for (const change of changes) for (const id of change.added) if (!joined.has(id)) joined.set(id, change.at);
  const found: Happening[] = changes.map((change) => ({
    key: `c${change.incident_id}.${change.version}`, what: 'change', happened: null, received: change.at,
    kind: change.kind, command: change.kind === 'updated' ? change.command : null, by: change.by, note: change.note, attachment: change.attachment, signal: null, delivery: null,
  }));
  for (const { signal } of members) {
    const { id, kind, asset, measures, zone, raised_at, cleared_at } = signal;
    const row = { what: 'signal' as const, kind, command: null, by: '', note: null, attachment: null, delivery: null };
    found.push({ ...row, key: `r${id}`, happened: raised_at, received: joined.get(id) ?? null, signal: { kind, asset, measures, zone, ended: false } });
    if (cleared_at) found.push({ ...row, key: `e${id}`, happened: cleared_at, received: null, signal: { kind, asset, measures, zone, ended: true } });
  }
  for (const one of told) {
    const key = `d${one.endpoint}.${one.version}`;
    found.push({ key, what: 'delivery', happened: null, received: one.tried_at ?? one.created_at, kind: one.state, command: null, by: '', note: null, attachment: null, signal: null, delivery: one });
  }
  const time = ({ happened, received }: Happening) => Date.parse(happened ?? received ?? '');
  return found.sort((a, b) => time(b) - time(a) || b.key.localeCompare(a.key));
}
