/** What hangs together: rules, the conditions that raise what they speak of, and the limits that these compare with. */
import type { Body, Row, Shelf } from './api/judging';

/** The names under which the body of a rule holds kinds of signals. */
const KINDS = ['causes', 'effects', 'conditions', 'kinds', 'repeats'];

/** Every kind of signal that a rule speaks of. */
export function kindsOf(rule: Body): Set<string> {
  const bodies = [rule.cause, rule.same, rule.pattern, ...(((rule.pattern as Body | null | undefined)?.parts as Body[] | undefined) ?? [])];
  return new Set(bodies.flatMap((body) => KINDS.flatMap((name) => ((body as Body | null | undefined)?.[name] as string[] | undefined) ?? [])));
}

export interface Neighbour {
  shelf: Shelf;
  row: Row;
}

/** Rows of the other two shelves that a row has to do with: what raises it, what uses it. */
export function related(rows: Record<Shelf, Row[]>, shelf: Shelf, row: Row): Neighbour[] {
  const from = (name: Shelf, holds: (one: Row) => boolean) => rows[name].filter(holds).map((one) => ({ shelf: name, row: one }));
  if (shelf === 'rules') {
    const kinds = kindsOf(row);
    return from('conditions', ({ kind }) => kinds.has(String(kind)));
  }
  if (shelf === 'limits') return from('conditions', ({ limit }) => limit === row.key);
  return [...from('limits', ({ key }) => key === row.limit), ...from('rules', (rule) => kindsOf(rule).has(String(row.kind)))];
}
