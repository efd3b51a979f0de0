/** Silences and planned works, and what a silence that is being written would cover. */
import { api } from '../api/client';
import type { Preview, Silence, SilenceWish, Works, WorksWish } from '../api/types';
import { Doing } from './doing.svelte';
import { named } from './preferences.svelte';

/** Why there are works: those that a feed announces have their kind as reason. */
export const reasonOf = ({ reason }: { reason: string }) => named('works.kind', reason);

class Windows extends Doing {
  silences = $state.raw<Silence[]>([]);
  works = $state.raw<Works[]>([]);
  loaded = $state(false);
  preview = $state.raw<Preview | null>(null);
  /** What is being written, also while something is looked up on another screen. */
  wish = $state({ kind: '', asset: '', hours: 2, reason: '' });
  plan = $state({ kind: 'roadworks', asset: '', effect: '', from: '', to: '', reason: '' });
  #turn = 0;

  async load(): Promise<void> {
    await this.reread(async () => {
      [this.silences, this.works] = await Promise.all([api.silences(), api.works()]);
    });
    this.loaded = true;
  }

  /** What it would cover now; null while that is not known. */
  async look(wish: SilenceWish | null): Promise<void> {
    const turn = ++this.#turn;
    const found = wish ? await api.preview(wish).catch(() => null) : null;
    if (turn === this.#turn) this.preview = found;
  }

  silence(wish: SilenceWish): Promise<boolean> {
    return this.#act(() => api.silence(wish));
  }

  announce(wish: WorksWish): Promise<boolean> {
    return this.#act(() => api.announce(wish));
  }

  end(kind: 'silences' | 'works', id: string): Promise<boolean> {
    return this.#act(() => api.end(kind, id));
  }

  async #act(action: () => Promise<unknown>): Promise<boolean> {
    const done = await this.run(async () => void (await action()));
    if (done) await this.load();
    return done;
  }
}

export const windows = new Windows();
