/** Incidents picked in the list, for one command on all of them. */
import { SvelteSet } from 'svelte/reactivity';
import { api } from '../api/client';
import type { Incident } from '../api/types';
import { center } from './center.svelte';
import { Doing } from './doing.svelte';
import { t } from './preferences.svelte';
import { session } from './session.svelte';

/** So many go in one request: progress is seen, and what is cancelled stops soon. */
const PORTION = 25;

class Picks extends Doing {
  ids = new SvelteSet<string>();
  /** Of how many the answer is there, while a command runs. */
  done = $state(0);
  all = $state(0);
  /** What was refused stays picked. */
  refused = $state(0);
  #cancelled = false;

  toggle(id: string): void {
    this.refused = 0;
    if (!this.ids.delete(id)) this.ids.add(id);
  }

  clear(): void {
    this.#cancelled = true;
    this.refused = 0;
    this.error = null;
    this.ids.clear();
  }

  /** Picks all, or none when all are picked. */
  toggleAll(ids: string[]): void {
    if (ids.every((id) => this.ids.has(id))) this.clear();
    else for (const id of ids) this.ids.add(id);
  }

  /** Acknowledges what is picked and still open; each on the version that the screen shows. Of the past nothing is. */
  async acknowledge(): Promise<boolean> {
    if (!session.mayAct) return false;
    return this.run(async () => {
      const wanted = [...this.ids].flatMap((id) => center.incidents.get(id) ?? []).filter(({ state }) => state === 'open');
      this.#cancelled = false;
      this.done = 0;
      this.refused = 0;
      this.all = wanted.length;
      for (let first = 0; first < wanted.length && !this.#cancelled; first += PORTION) await this.#portion(wanted.slice(first, first + PORTION));
      if (this.refused === 0) this.ids.clear();
    });
  }

  async #portion(incidents: Incident[]): Promise<void> {
    const { results } = await api.together('acknowledge', incidents);
    for (const { id, status, incident } of results) {
      this.done += 1;
      if (status === 200) this.ids.delete(id);
      else this.refused += 1;
      if (incident) center.put(incident);
    }
  }

  /** One sentence on what runs or was refused; empty when there is nothing to tell. */
  told(): string {
    if (this.error) return this.error;
    if (this.busy) return t('picks.running', { done: this.done, all: this.all });
    return this.refused ? t('picks.refused', { count: this.refused }) : '';
  }
}

export const picks = new Picks();
