/** Something asked of the API: what came, or why nothing did. */
import { Problem } from '../api/client';
import { sentence } from './errors';
import { session } from './session.svelte';

export class Asked<T> {
  value = $state.raw<T | null>(null);
  error = $state('');
  #turn = 0;

  /** Asks; what came before stays on the screen meanwhile, and the answer to an older question is ignored. */
  async ask(call: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    try {
      const found = await call();
      if (turn !== this.#turn) return;
      this.value = found;
      this.error = '';
    } catch (problem) {
      if (turn !== this.#turn) return;
      if (problem instanceof Problem && problem.status === 401) session.end();
      this.error = sentence(problem);
    }
  }
}
