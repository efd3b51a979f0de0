/** Hand-overs: those that wait, those that were, and the one that is read. */
import { api } from '../api/client';
import type { Handover, HandoverHead } from '../api/types';
import { Doing } from './doing.svelte';
import { sentence } from './errors';

class Handovers extends Doing {
  heads = $state.raw<HandoverHead[]>([]);
  shown = $state.raw<Handover | null>(null);
  loaded = $state(false);
  /** What is written for the next shift, also while something is looked up on another screen. */
  notes = $state('');

  /** The list, which holds nothing up that is being given or accepted; the newest that waits is opened unless one is open already. */
  async load(): Promise<void> {
    try {
      this.heads = (await api.handovers()).items;
      const waiting = this.heads.find(({ accepted_by }) => !accepted_by);
      if (!this.shown && waiting) this.shown = await api.handover(waiting.id);
      this.error = null;
    } catch (problem) {
      this.error = sentence(problem);
    }
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
