/** Hand-overs: those that wait, those that were, and the one that is read. */
import { api } from '../api/client';
import type { Handover, HandoverHead } from '../api/types';
import { Doing } from './doing.svelte';
import { draft, keep } from './drafts';
import { session } from './session.svelte';

class Handovers extends Doing {
  heads = $state.raw<HandoverHead[]>([]);
  shown = $state.raw<Handover | null>(null);
  loaded = $state(false);
  #notes = $state<string | null>(null);

  /** What is written for the next shift, also while something is looked up on another screen. */
  get notes(): string {
    return this.#notes ?? draft<string>('handover') ?? '';
  }

  set notes(words: string) {
    this.#notes = words;
    keep('handover', words);
  }

  /** The list, which holds nothing up that is being given or accepted; the newest that waits for this desk is opened unless one is open already. */
  async load(): Promise<void> {
    await this.reread(async () => {
      this.heads = (await api.handovers()).items;
      const { shown } = this;
      // opened when nothing is, read again when somebody else has accepted it
      const wanted = this.heads.find(({ id, agency, accepted_by }) => (shown ? id === shown.id && accepted_by !== shown.accepted_by : !accepted_by && agency === session.agency));
      if (!wanted) return;
      const found = await api.handover(wanted.id);
      if (this.shown === shown) this.shown = found;
    });
    this.loaded = true;
  }

  open(id: number): Promise<boolean> {
    return this.run(async () => {
      this.shown = await api.handover(id);
    });
  }

  give(notes: string): Promise<boolean> {
    return this.run(async () => this.#changed(await api.handOver(notes)));
  }

  accept(id: number, note: string): Promise<boolean> {
    return this.run(async () => this.#changed(await api.accept(id, note)));
  }

  async #changed(handover: Handover): Promise<void> {
    this.shown = handover;
    this.heads = (await api.handovers()).items;
  }
}

export const handovers = new Handovers();
