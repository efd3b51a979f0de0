/** How things were at a moment, from the changes that tell of them. */
import type { Change, Incident, Member, Sheet, Told } from './api/types';

/** A stretch of the past: what stood when it began, and every change after that, the oldest first. */
export class Reel {
  readonly #standing: Incident[];
  readonly #changes: Change[];
  #shown = new Map<string, Incident>();
  #next = 0;
  #at = -Infinity;

  constructor(standing: Incident[], changes: Change[]) {
    this.#standing = standing;
    this.#changes = changes;
  }

  /** The incidents at a moment, Unix milliseconds; the same map again as long as nothing has changed. */
  picture(at: number): ReadonlyMap<string, Incident> {
    if (at < this.#at || this.#at === -Infinity) this.#rewind();
    this.#at = at;
    const fresh: Change[] = [];
    for (let change = this.#changes[this.#next]; change && Date.parse(change.at) <= at; change = this.#changes[this.#next]) {
      fresh.push(change);
      this.#next += 1;
    }
    if (fresh.length) this.#shown = new Map(this.#shown);
    for (const { incident_id, incident } of fresh) this.#shown.set(incident_id, incident);
    return this.#shown;
  }

  /** The moment of the nearest change before or after another moment; null where there is none. */
  neighbour(at: number, by: 1 | -1): number | null {
    const moments = this.#changes.map((one) => Date.parse(one.at));
    const found = by > 0 ? moments.find((one) => one > at) : moments.findLast((one) => one < at);
    return found ?? null;
  }

  /** How many changes fell into each of so many equal parts of a stretch. */
  density(from: number, to: number, parts: number): number[] {
    const counts = Array.from({ length: parts }, () => 0);
    for (const { at } of this.#changes) {
      const part = Math.floor(((Date.parse(at) - from) / (to - from)) * parts);
      if (part >= 0 && part < parts) counts[part] = (counts[part] ?? 0) + 1;
    }
    return counts;
  }

  #rewind(): void {
    this.#shown = new Map(this.#standing.map((one) => [one.id, one]));
    this.#next = 0;
  }
}

/** The deliveries that had been made. */
export const toldBy = (told: Told[], at: number) => told.filter((one) => Date.parse(one.created_at) <= at);

/** The changes of a timeline that had happened. */
export const happened = (changes: Change[], at: number) => changes.filter((one) => Date.parse(one.at) <= at);

/** The members that an incident had at a moment; what cleared later was active then. Their reasons are the present ones. */
export function membersAt(members: Member[], changes: Change[], incident: string, at: number): Member[] {
  const held = new Set<string>();
  for (const one of happened(changes, at)) {
    if (one.incident_id !== incident) continue;
    for (const id of one.added) held.add(id);
    for (const id of one.removed) held.delete(id);
  }
  return members
    .filter(({ signal }) => held.has(signal.id))
    .map((one) => (one.signal.cleared_at && Date.parse(one.signal.cleared_at) > at ? { ...one, signal: { ...one.signal, cleared_at: null, state: 'active' } } : one));
}

/** The checklist with only those steps ticked that were ticked then. */
export function sheetsAt(sheets: Sheet[], at: number): Sheet[] {
  const step = (one: Sheet['steps'][number]) => (one.done && Date.parse(one.done.at) > at ? { ...one, done: null } : one);
  return sheets.map((sheet) => ({ ...sheet, steps: sheet.steps.map(step) }));
}
