/** What the operator looks at: filter, selection, and the commands on the selected incident. */
import { api, Problem } from '../api/client';
import type { Command, Incident } from '../api/types';
import { byUrgency, EMPTY, shows, type Filter } from '../filter';
import { linesOf, type Grouping } from '../grouping';
import { center } from './center.svelte';
import { currentOf, sentence } from './errors';
import { place } from './place.svelte';
import { session } from './session.svelte';
import { preferences } from './preferences.svelte';
import { wake, watch } from '../sound';

export interface Conflict {
  command: Command;
  more: Record<string, unknown>;
  current: Incident;
}

/** Commands that ask for words before they are sent. */
export type Written = 'note' | 'assign' | 'reopen' | 'severity' | 'shelve' | 'merge';

const MUTE_MS = 600_000;

class Desk {
  filter = $state<Filter>({ ...EMPTY });
  selected = $state<string | null>(null);
  /** On a phone: one pane at a time. */
  pane = $state<'list' | 'map' | 'detail'>('list');
  help = $state(false);
  /** The command that is being written. */
  writing = $state<Written | null>(null);
  busy = $state<Command | null>(null);
  done = $state<Command | null>(null);
  error = $state<string | null>(null);
  conflict = $state.raw<Conflict | null>(null);
  /** Counts wishes to bring the map to the selection. */
  mapWish = $state(0);
  /** The browser lets sound out. */
  audible = $state(false);

  grouping = $state<Grouping>('none');

  shown = $derived.by(() => {
    const around = { user: session.user, named: (zone: string) => place.bothNames(zone) };
    return [...center.incidents.values()].filter((one) => shows(this.filter, one, around)).sort(byUrgency);
  });
  lines = $derived(linesOf(this.shown, this.grouping));

  select(id: string | null, open = false): void {
    if (id !== this.selected) {
      this.error = null;
      this.conflict = null;
      this.done = null;
      this.writing = null;
    }
    this.selected = id;
    if (id) center.unread.delete(id);
    if (open) this.pane = id ? 'detail' : 'list';
  }

  /** Shows all that is live again, ungrouped. */
  clear(): void {
    this.filter = { ...EMPTY };
    this.grouping = 'none';
  }

  /** The next or previous one of the list. */
  step(by: 1 | -1): void {
    const list = this.lines.flatMap((line) => ('incident' in line ? [line.incident] : []));
    const index = list.findIndex(({ id }) => id === this.selected);
    const next = index < 0 ? 0 : Math.min(list.length - 1, Math.max(0, index + by));
    const found = list[next];
    if (found) this.select(found.id);
  }

  current(): Incident | null {
    return this.selected ? (center.incidents.get(this.selected) ?? null) : null;
  }

  /** Opens the form of a command, or closes it. */
  write(command: Written): void {
    if (!this.current() || !session.mayAct) return;
    this.writing = this.writing === command ? null : command;
    this.pane = 'detail';
  }

  async act(command: Command, more: Record<string, unknown> = {}, on = this.current()): Promise<boolean> {
    if (!on || this.busy || !session.mayAct) return false;
    this.busy = command;
    this.error = null;
    this.done = null;
    try {
      const answer = await api.command(on, command, more);
      center.put(answer);
      if (answer.id !== on.id) this.select(answer.id);
      this.conflict = null;
      this.done = command;
      return true;
    } catch (problem) {
      this.#refused(problem, command, more);
      return false;
    } finally {
      this.busy = null;
    }
  }

  #refused(problem: unknown, command: Command, more: Record<string, unknown>): void {
    const current = currentOf(problem);
    if (current) {
      center.put(current);
      this.conflict = { command, more, current };
      return;
    }
    if (problem instanceof Problem && problem.status === 401) session.end();
    this.error = sentence(problem);
  }

  /** Carries a refused command out on the version that the conflict showed. */
  again(): void {
    const conflict = this.conflict;
    if (conflict) void this.act(conflict.command, conflict.more, conflict.current);
  }

  constructor() {
    watch((runs) => (this.audible = runs));
  }

  /** Sound is on, and the browser holds it back: as after a reload, until somebody clicks or presses a key. */
  get held(): boolean {
    return preferences.sound && !this.audible;
  }

  /** Enables sound the first time, wakes it where the browser holds it back, else mutes for ten minutes or unmutes. */
  async sound(): Promise<void> {
    const { held } = this;
    await wake();
    if (held) return;
    if (!preferences.sound) {
      preferences.sound = true;
      preferences.keep();
    } else preferences.mutedUntil = preferences.mutedUntil > Date.now() ? 0 : Date.now() + MUTE_MS;
  }
}

export const desk = new Desk();
