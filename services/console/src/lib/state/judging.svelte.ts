/** Rules, conditions and limits: what is in force, the one that is being edited, and what it would have made of the past. */
import { backtests, type Backtest } from '../api/backtests';
import { Problem } from '../api/client';
import { judging as api, type Body, type Edit, type Row, type Shelf } from '../api/judging';
import { bodyOf, changes, EMPTY, FORMS, idOf, namesOf, onTop, pathsOf, placeOf, withValue } from '../forms';
import { Asked } from './asked.svelte';
import { center } from './center.svelte';
import { sentence } from './errors';
import { place } from './place.svelte';
import { either } from './preferences.svelte';

const AGAIN_MS = 400;
const HOUR_MS = 3_600_000;

export interface Held {
  rows: Record<Shelf, Row[]>;
  edits: Edit[];
}

export interface Fault {
  /** Path in the form; empty: of no field of it. */
  place: string;
  message: string;
}

class Judging extends Asked<Held> {
  /** Which kind the draft is of. */
  shelf = $state<Shelf>('rules');
  /** The row as it was opened for editing; null while a new one is written. */
  seen = $state.raw<Row | null>(null);
  #refused = '';
  /** What stands in the form; null: nothing is edited. */
  draft = $state.raw<Body | null>(null);
  fault = $state.raw<Fault | null>(null);
  /** Somebody saved another in between: what is in force now. */
  newer = $state.raw<Row | null>(null);
  failed = $state('');
  busy = $state(false);
  /** What was done last, for the status line. */
  done = $state<'saved' | 'back' | null>(null);
  #run = $state.raw<Backtest | null>(null);
  /** The draft that the backtest is about. */
  #tried = $state('');

  get running(): boolean {
    return this.#run?.state === 'queued' || this.#run?.state === 'running';
  }

  /** The backtest of what stands in the form; of what stood there before there is none. */
  get run(): Backtest | null {
    return this.#tried === this.#written() ? this.#run : null;
  }

  /** What stood in the form when it was opened; nothing where a new one is written. */
  get opened(): Body {
    return this.seen ? bodyOf(this.shelf, this.seen) : {};
  }

  get changed(): boolean {
    return this.draft !== null && JSON.stringify(this.seen ? this.opened : EMPTY[this.shelf]) !== this.#written();
  }

  load(): Promise<void> {
    return this.ask(async () => {
      const [rules, conditions, limits, edits] = await Promise.all([api.rows('rules'), api.rows('conditions'), api.rows('limits'), api.edits()]);
      return { rows: { rules, conditions, limits }, edits };
    });
  }

  row(shelf: Shelf, id: string): Row | undefined {
    return this.value?.rows[shelf].find((one) => one.id === id);
  }

  /** What a row is called in its two languages; a limit without a name as another with its key. */
  names(shelf: Shelf, row: Body): [string, string] {
    const other = shelf === 'limits' && !row.name && this.value?.rows.limits.find((one) => one.key === row.key && one.name);
    return namesOf(shelf, other || row);
  }

  /** What people call the limit with this key. */
  limit(key: string): string {
    return either(...this.names('limits', { key }));
  }

  edit(shelf: Shelf, id: string): Edit | undefined {
    return this.value?.edits.find((one) => one.name === shelf && one.id === id);
  }

  /** Begins to edit a row, or to write a new one. */
  begin(shelf: Shelf, row: Row | null, draft: Body = row ?? EMPTY[shelf]): void {
    this.stop();
    this.shelf = shelf;
    this.seen = row;
    this.draft = bodyOf(shelf, draft);
  }

  /** Nothing is edited any more. */
  stop(): void {
    this.cancel();
    this.draft = this.seen = this.fault = this.newer = this.#run = null;
    this.failed = '';
    this.done = null;
  }

  set(path: readonly (string | number)[], value: unknown): void {
    this.draft = withValue(this.draft, path, value);
  }

  /** What it would have made of the last hours; ends when that is known. */
  async test(hours: number): Promise<void> {
    if (this.running) return;
    const written = this.#written();
    await this.#try(async () => {
      this.#run = await backtests.start({ [this.shelf]: [this.#body()], from: new Date((await place.now(center.clock)) - hours * HOUR_MS).toISOString() });
      this.#tried = written;
    });
    while (this.running && this.#run) {
      await new Promise((later) => setTimeout(later, AGAIN_MS));
      const found = await backtests.one(this.#run.id).catch(() => null);
      if (found && this.#run?.id === found.id && this.running) this.#run = found;
    }
  }

  cancel(): void {
    if (!this.running || !this.#run) return;
    void backtests.cancel(this.#run.id).catch(() => undefined);
    this.#run = { ...this.#run, state: 'cancelled' };
  }

  /** Puts the draft into force; its id, or null if it was not taken. */
  async save(): Promise<string | null> {
    let id: string | null = null;
    await this.#try(async () => {
      const body = this.#body();
      id = (await api.save(this.shelf, idOf(this.shelf, body), body, this.seen?.revision ?? 0)).id;
      await this.#over('saved');
    });
    const { newer } = this;
    if (!newer || changes(this.opened, bodyOf(this.shelf, newer)).length) return id;
    // of a condition's domain it was another one
    this.seen = newer;
    return this.save();
  }

  /** Takes the edit of a row back: what lies under it is in force again. */
  async takeBack(shelf: Shelf, row: Row): Promise<void> {
    this.stop();
    this.shelf = shelf;
    await this.#try(async () => {
      await api.takeBack(shelf, row.id, row.revision);
      await this.#over('back');
    });
    const { newer } = this;
    if (!newer) return;
    this.newer = null;
    if (!changes(bodyOf(shelf, row), bodyOf(shelf, newer)).length) return this.takeBack(shelf, newer);
    this.failed = this.#refused;
  }

  /** What somebody else saved takes the place of what was opened; what was changed in the form is put on top of it, or not. */
  takeNewer(keep: boolean): void {
    if (!this.newer || !this.draft) return;
    const theirs = bodyOf(this.shelf, this.newer);
    this.begin(this.shelf, this.newer, keep ? onTop(this.opened, this.draft, theirs) : theirs);
  }

  /** The form stays until what is in force is there: what was edited before could be edited once more. */
  async #over(done: 'saved' | 'back'): Promise<void> {
    await this.load();
    this.stop();
    this.done = done;
  }

  #written(): string {
    return JSON.stringify(this.draft);
  }

  #body(): Body {
    return bodyOf(this.shelf, this.draft ?? {});
  }

  async #try(action: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.fault = this.newer = null;
    this.failed = '';
    try {
      await action();
    } catch (problem) {
      this.#told(problem);
    } finally {
      this.busy = false;
    }
  }

  #told(problem: unknown): void {
    const { status, document } = problem instanceof Problem ? problem : { status: 0, document: {} as Problem['document'] };
    this.newer = status === 409 ? ((document.current ?? null) as Row | null) : null;
    if (this.newer) {
      this.#refused = sentence(problem);
      void this.load();
      return;
    }
    if (status !== 422 && status !== 409) {
      this.failed = sentence(problem);
      return;
    }
    const place = placeOf(this.shelf, document.field ?? '');
    const known = pathsOf(FORMS[this.shelf]).includes(place);
    this.fault = { place: known ? place : '', message: [known ? '' : document.field, document.detail].filter(Boolean).join(': ') };
  }
}

export const judging = new Judging();

// on whatever screen one is meanwhile
addEventListener('beforeunload', (event) => judging.changed && event.preventDefault());
