/** An incident by hand: what somebody told by telephone, until the incident that comes of it is there. */
import { api } from '../api/client';
import type { Position } from '../api/types';
import { coordinatesOf, written } from '../whereabouts';
import { center } from './center.svelte';
import { desk } from './desk.svelte';
import { Doing } from './doing.svelte';
import { draft, keep } from './drafts';
import { session } from './session.svelte';

const LOOK_MS = 500;
const PATIENCE_MS = 20_000;

class Telling extends Doing {
  open = $state(false);
  category = $state('');
  where = $state('');
  position = $state.raw<Position | null>(null);
  text = $state('');
  caller = $state('');
  /** `waits`: the center has it, the incident is not there yet; `late`: for longer than it should. */
  sent = $state<'' | 'waits' | 'late'>('');
  /** The same for every attempt to send one report; what was edited after one that failed is another. */
  #key = '';
  #said = '';

  get whole(): boolean {
    return Boolean(this.category && this.position && this.text.trim());
  }

  /** Shows the form with what was already written. */
  begin(): void {
    if (!session.mayAct) return;
    if (!this.open) this.#recall();
    this.open = true;
    desk.pane = 'detail';
  }

  /** Keeps what is written and not sent. */
  keep(): void {
    const { category, where, position, text, caller } = this;
    keep('tell', this.sent ? '' : { category, where, at: position ? written(position) : '', text, caller });
  }

  leave(): void {
    this.open = false;
    this.error = null;
    if (this.sent) this.#empty();
  }

  /** What is typed as place; only coordinates are one by themselves. */
  type(where: string): void {
    this.where = where;
    this.position = coordinatesOf(where);
  }

  /** A place of the map, or a thing of the city under its name. */
  pick(position: Position, where = written(position)): void {
    this.position = position;
    this.where = where;
    desk.pane = 'detail';
  }

  /** Sends it, and leads to the incident once that is there; `called` says in words who called. */
  async send(called: string): Promise<void> {
    const { position, category, text } = this;
    if (!position || !this.whole || this.sent) return;
    const [lon, lat] = position;
    const told = { category, lon, lat, text: [text.trim(), called].filter(Boolean).join('\n') };
    const said = JSON.stringify(told);
    if (said !== this.#said) this.#key = `${Date.now()}-${Math.random()}`;
    this.#said = said;
    let asset = '';
    if (!(await this.run(async () => void ({ asset } = await api.tell(told, this.#key))))) return;
    this.sent = 'waits';
    const id = await this.#came(asset);
    if (id) await this.#lead(id);
    else if (this.sent) this.sent = 'late';
  }

  /** The incident of the report; null when it does not come, or nobody waits for it any more. */
  async #came(asset: string): Promise<string | null> {
    const end = Date.now() + PATIENCE_MS;
    while (this.sent && Date.now() < end) {
      const found = await api.signalsOf(asset).catch(() => null);
      const id = found?.items[0]?.incident;
      if (id) return id;
      await new Promise((passed) => setTimeout(passed, LOOK_MS));
    }
    return null;
  }

  async #lead(id: string): Promise<void> {
    if (!this.open) return this.#empty();
    const incident = await api.incident(id).catch(() => null);
    if (incident) center.put(incident);
    this.leave();
    desk.select(id, true);
  }

  /** After a reload nothing is written here but in what was kept. */
  #recall(): void {
    const kept = draft<Record<'category' | 'where' | 'at' | 'text' | 'caller', string>>('tell');
    if (!kept) return;
    const { at, ...said } = kept;
    Object.assign(this, said);
    this.position = coordinatesOf(at);
  }

  #empty(): void {
    keep('tell', '');
    this.sent = '';
    this.#said = '';
    this.category = this.where = this.text = this.caller = '';
    this.position = null;
  }
}

export const telling = new Telling();
