/** What the live stream says of the center: incidents, values, the age of each stage. */
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { Change, Frame, Incident, Stage, Values } from '../api/types';
import type { Connection } from '../live/stream';

export const SLOW_MS = 10_000;

/** A stage that lags by more than ten seconds. */
export interface Lag {
  stage: string;
  age: number;
}

export class Center {
  incidents = new SvelteMap<string, Incident>();
  unread = new SvelteSet<string>();
  stages = $state.raw<Record<string, Stage>>({});
  values: Values = {};
  /** Counts `values` frames, so that the map knows when to look again. */
  valuesTick = $state(0);
  /** Versions by incident of the last change, so that the detail knows when to look again. */
  touched = $state.raw<{ id: string; version: number } | null>(null);
  connection = $state<Connection>('connecting');
  loaded = $state(false);
  /** Unix milliseconds of the last frame. */
  heardAt = $state(Date.now());
  now = $state(Date.now());
  /** Server clock minus ours; ages are told by the server's. */
  skew = $state(0);
  onChange: (change: Change) => void = () => undefined;

  /** Takes one frame. */
  take(frame: Frame): void {
    this.heardAt = Date.now();
    if (frame.frame === 'snapshot') this.#snapshot(frame.incidents);
    else if (frame.frame === 'change') this.#change(frame.change);
    else if (frame.frame === 'values') this.#values(frame.values);
    else if (frame.frame === 'tiles') this.stages = frame.stages ?? {};
    else if (frame.frame === 'ping') this.#clock(frame.now);
  }

  /** An incident as a command's answer or a conflict gave it; older ones are ignored. */
  put(incident: Incident): void {
    const known = this.incidents.get(incident.id);
    if (!known || known.version <= incident.version) this.incidents.set(incident.id, incident);
  }

  /** How long ago each stage passed its last tick on, worst first. */
  ages(): Lag[] {
    const now = this.now + this.skew;
    return Object.entries(this.stages)
      .map(([stage, { at_ms }]) => ({ stage, age: Math.max(0, now - at_ms) }))
      .sort((a, b) => b.age - a.age);
  }

  /** Stages that lag while the line stands. */
  lagging(): Lag[] {
    return this.connection === 'on' ? this.ages().filter(({ age }) => age > SLOW_MS) : [];
  }

  #snapshot(incidents: Incident[]): void {
    const kept = new Set(incidents.map(({ id }) => id));
    for (const id of this.incidents.keys()) if (!kept.has(id)) this.incidents.delete(id);
    for (const incident of incidents) {
      if (this.loaded && !this.incidents.has(incident.id)) this.unread.add(incident.id);
      this.incidents.set(incident.id, incident);
    }
    this.loaded = true;
  }

  #change(change: Change): void {
    const known = this.incidents.get(change.incident_id);
    if (known && known.version >= change.version) return;
    this.incidents.set(change.incident_id, change.incident);
    if (['opened', 'reopened', 'returned'].includes(change.kind) && !change.incident.suppressed) this.unread.add(change.incident_id);
    this.touched = { id: change.incident_id, version: change.version };
    this.onChange(change);
  }

  #values(values: Values): void {
    Object.assign(this.values, values);
    this.valuesTick += 1;
  }

  #clock(now: string): void {
    const server = Date.parse(now);
    if (!Number.isNaN(server)) this.skew = server - Date.now();
  }
}

export const center = new Center();
