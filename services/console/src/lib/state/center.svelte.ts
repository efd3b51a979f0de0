/** What the live stream says of the center: incidents, values, the age of each stage. */
import { SvelteSet } from 'svelte/reactivity';
import type { Change, Frame, Incident, Stage, Values } from '../api/types';
import type { Connection } from '../live/stream';
import { kept, taken } from './incidents';
import { past } from './past.svelte';

export const SLOW_MS = 10_000;
/** Changes within this time are shown together: nobody sees the delay, and in a storm the page draws a few times a second. */
const TOGETHER_MS = 200;

/** A stage that lags by more than ten seconds. */
export interface Lag {
  stage: string;
  age: number;
}

export class Center {
  /** Replaced as a whole, so that reading a thousand of them costs no subscription each. */
  live = $state.raw<ReadonlyMap<string, Incident>>(new Map());
  unread = new SvelteSet<string>();
  stages = $state.raw<Record<string, Stage>>({});
  /** Stages of which the center knows nothing at all. */
  missing = $state.raw<string[]>([]);
  values: Values = {};
  /** Counts `values` frames, so that the map knows when to look again. */
  valuesTick = $state(0);
  connection = $state<Connection>('connecting');
  loaded = $state(false);
  /** There were more incidents than the server told. */
  cut = $state(false);
  /** Unix milliseconds of the last frame. */
  heardAt = $state(Date.now());
  now = $state(Date.now());
  /** Server clock minus ours; ages are told by the server's. */
  skew = $state(0);
  #waiting: Change[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownAt = 0;

  /** What the screens show: as it is now, or as it was at the moment of the past that is looked at. */
  get incidents(): ReadonlyMap<string, Incident> {
    return past.at === null ? this.live : past.incidents;
  }

  /** Now by the server's clock, Unix milliseconds. */
  get clock(): number {
    return this.now + this.skew;
  }

  /** The moment that the screens show, by the server's clock: now, or one of the past. */
  get moment(): number {
    return past.at ?? this.clock;
  }

  /** Takes one frame. */
  take(frame: Frame): void {
    this.heardAt = Date.now();
    if (frame.frame === 'snapshot') this.#snapshot(frame.incidents, frame.cut);
    else if (frame.frame === 'change') this.#wait(frame.change);
    else if (frame.frame === 'values') this.#values(frame.values);
    else if (frame.frame === 'tiles') this.#tiles(frame);
    else if (frame.frame === 'ping') this.#clock(frame.now);
  }

  /** An incident as a command's answer or a conflict gave it; older ones are ignored. */
  put(incident: Incident): void {
    const known = this.live.get(incident.id);
    if (!known || known.version <= incident.version) this.live = new Map(this.live).set(incident.id, incident);
  }

  /** How old each stage's last tick was, worst first: how long ago it passed it on, and how long that had waited for it; of one that is missing infinitely. */
  ages(): Lag[] {
    const missing = this.missing.map((stage) => ({ stage, age: Infinity }));
    const told = Object.entries(this.stages).map(([stage, { at_ms, behind_ms }]) => ({ stage, age: Math.max(0, this.clock - at_ms + behind_ms) }));
    return [...missing, ...told.sort((a, b) => b.age - a.age)];
  }

  /** Stages that lag while the line stands. */
  lagging(): Lag[] {
    return this.connection === 'on' ? this.ages().filter(({ age }) => age > SLOW_MS) : [];
  }

  #snapshot(incidents: Incident[], cut: boolean): void {
    this.#show();
    if (this.loaded) for (const { id } of incidents) if (!this.live.has(id)) this.unread.add(id);
    this.live = new Map(incidents.map((one) => [one.id, one]));
    this.loaded = true;
    this.cut = cut;
  }

  /** The first change is shown at once, those that follow it closely together. */
  #wait(change: Change): void {
    this.#waiting.push(change);
    this.#timer ??= setTimeout(() => this.#show(), Math.max(0, this.#shownAt + TOGETHER_MS - Date.now()));
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shownAt = Date.now();
    if (this.#waiting.length === 0) return;
    const { incidents, fresh } = taken(this.live, this.#waiting);
    this.#waiting = [];
    this.live = kept(incidents);
    for (const id of fresh) this.unread.add(id);
    for (const id of this.unread) if (!this.live.has(id)) this.unread.delete(id);
  }

  #values(values: Values): void {
    Object.assign(this.values, values);
    this.valuesTick += 1;
  }

  #tiles({ now, stages, missing }: Extract<Frame, { frame: 'tiles' }>): void {
    this.stages = stages;
    this.missing = missing;
    this.#clock(now);
  }

  #clock(now: string): void {
    const server = Date.parse(now);
    if (!Number.isNaN(server)) this.skew = server - Date.now();
  }
}

export const center = new Center();
