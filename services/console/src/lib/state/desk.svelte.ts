/** What the operator looks at: filter, selection, and the commands on the selected incident. */
import { api, Problem } from '../api/client';
import type { Command, Incident } from '../api/types';
import { byUrgency, EMPTY, shows, type Filter } from '../filter';
import { linesOf, type Grouping } from '../grouping';
import { offeredFor } from '../offered';
import { center } from './center.svelte';
import { keep } from './drafts';
import { currentOf, sentence } from './errors';
import { place } from './place.svelte';
import { session } from './session.svelte';
import { either, preferences } from './preferences.svelte';
import { wake, watch } from '../sound';

export interface Conflict {
  command: Command;
  more: Record<string, unknown>;
  current: Incident;
}

/** Commands that ask for words before they are sent. */
export type Written = 'note' | 'assign' | 'reopen' | 'severity' | 'shelve' | 'merge';

const MUTE_MS = 600_000;
/** So long after a button was pressed the one that takes its place does nothing: whoever presses twice means the first. */
const STEADY_MS = 700;
/** Two presses that are nearer than this are on one place. */
const NEAR_PX = 12;

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
  /** A command that got no answer: it may have been carried out, so it goes again under the same key and version. */
  #unanswered = { said: '', key: '', version: 0 };
  /** The list when its incident was selected. */
  #listed = { under: '', ids: [] as string[] };
  #pressed = { x: 0, y: 0, until: 0 };
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
      this.#listed = { under: this.#view(), ids: this.#ids() };
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
    const list = this.#ids();
    const index = list.indexOf(this.selected ?? '');
    const found = index < 0 ? this.#beside(list, by) : list[index + by];
    if (found) this.select(found);
  }

  /** Where the selected one has left the list since: what is nearest to where it stood. Under another filter the first. */
  #beside(list: string[], by: 1 | -1): string | undefined {
    const { under, ids } = this.#listed;
    const index = under === this.#view() ? ids.indexOf(this.selected ?? '') : -1;
    if (index < 0) return list[0];
    const [before, after] = [ids.slice(0, index).reverse(), ids.slice(index + 1)];
    return (by > 0 ? [...after, ...before] : [...before, ...after]).find((id) => list.includes(id)) ?? list[0];
  }

  #ids(): string[] {
    return this.lines.flatMap((line) => ('incident' in line ? [line.incident.id] : []));
  }

  #view(): string {
    return JSON.stringify([this.filter, this.grouping]);
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

  /** Under which name the draft of a command is kept: to look at something else loses nothing. */
  draftOf(id: string, command: string): string {
    return `${id} ${command}`;
  }

  /** The commands that the selected incident has buttons for. */
  get offered(): Command[] {
    const incident = this.current();
    return incident ? offeredFor(incident, session) : [];
  }

  /** A key does what a button would. */
  key(command: Command): void {
    if (this.offered.includes(command)) void this.act(command);
  }

  /** A button: not while it has only just come under the pointer. */
  async press(command: Command, { clientX, clientY }: MouseEvent): Promise<void> {
    const { x, y, until } = this.#pressed;
    if (Date.now() < until && Math.hypot(clientX - x, clientY - y) < NEAR_PX) return;
    if (await this.act(command)) this.#pressed = { x: clientX, y: clientY, until: Date.now() + STEADY_MS };
  }

  async act(command: Command, more: Record<string, unknown> = {}, on = this.current()): Promise<boolean> {
    if (!on || this.busy || !session.mayAct) return false;
    this.busy = command;
    this.error = null;
    this.done = null;
    try {
      const answer = await this.#send(on, command, more);
      center.put(answer);
      this.conflict = null;
      keep(this.draftOf(on.id, command), '');
      if (this.selected === on.id) this.#done(answer, command);
      return true;
    } catch (problem) {
      this.#refused(problem, command, more, on);
      return false;
    } finally {
      this.busy = null;
    }
  }

  async #send(on: Incident, command: Command, more: Record<string, unknown>): Promise<Incident> {
    const said = JSON.stringify([on.id, command, more]);
    if (this.#unanswered.said !== said) this.#unanswered = { said, key: `${Date.now()}-${Math.random()}`, version: on.version };
    const { key, version } = this.#unanswered;
    try {
      const answer = await api.command(on.id, { command, version, ...more }, key);
      this.#unanswered.said = '';
      return answer;
    } catch (problem) {
      if (problem instanceof Problem && problem.status > 0 && problem.status < 500) this.#unanswered.said = '';
      throw problem;
    }
  }

  /** What is looked at was meant: it says so. Of another one that was turned to meanwhile nothing changes. */
  #done(answer: Incident, command: Command): void {
    this.select(answer.id);
    this.done = command;
    if (this.writing === command) this.writing = null;
  }

  #refused(problem: unknown, command: Command, more: Record<string, unknown>, on: Incident): void {
    const current = currentOf(problem);
    if (current) {
      center.put(current);
      this.conflict = { command, more, current };
      return;
    }
    // that the session is over is said where one signs in
    if (!session.ended) this.error = `${this.about(on)}${sentence(problem)}`;
  }

  /** The name of an incident, for what is said while another one is looked at. */
  about({ id, title, title_vi }: Incident): string {
    return id === this.selected ? '' : `${either(title, title_vi)}: `;
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
