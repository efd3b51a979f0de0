/** Hand-overs: those that wait, those that were, and the one that is read. */
import { api } from '../api/client';
import type { Handover, HandoverHead } from '../api/types';
import { sentence } from './errors';

class Handovers {
  heads = $state.raw<HandoverHead[]>([]);
  shown = $state.raw<Handover | null>(null);
  loaded = $state(false);
  busy = $state(false);
  error = $state<string | null>(null);

  /** The list; the newest that waits is opened unless one is open already. */
  async load(): Promise<void> {
    await this.#try(async () => {
      this.heads = (await api.handovers()).items;
      const waiting = this.heads.find(({ accepted_by }) => !accepted_by);
      if (!this.shown && waiting) this.shown = await api.handover(waiting.id);
    });
    this.loaded = true;
  }

  open(id: number): Promise<boolean> {
    return this.#try(async () => {
      this.shown = await api.handover(id);
    });
  }

  give(notes: string): Promise<boolean> {
    return this.#try(async () => this.#changed(await api.handOver(notes)));
  }

  accept(id: number, note: string): Promise<boolean> {
    return this.#try(async () => this.#changed(await api.accept(id, note)));
  }

  async #changed(handover: Handover): Promise<void> {
    this.shown = handover;
    this.heads = (await api.handovers()).items;
  }

  async #try(action: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    try {
      await action();
      this.error = null;
      return true;
    } catch (problem) {
      this.error = sentence(problem);
      return false;
    } finally {
      this.busy = false;
    }
  }
}

export const handovers = new Handovers();
