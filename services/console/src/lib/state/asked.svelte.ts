/** Something asked of the API: what came, or why nothing did. */
import type { Page } from '../api/types';
import { sentence } from './errors';

export class Asked<T> {
  value = $state.raw<T | null>(null);
  error = $state('');
  #turn = 0;
  #about = '';

  /**
   * Asks; what came before stays on the screen meanwhile, and the answer to an older question is ignored. Nothing stays
   * of what was about another thing: it would stand under the name of this one, for as long as no answer comes.
   */
  async ask(call: () => Promise<T>, about = ''): Promise<void> {
    const turn = ++this.#turn;
    if (about !== this.#about) this.value = null;
    this.#about = about;
    try {
      const found = await call();
      if (turn !== this.#turn) return;
      this.value = found;
      this.error = '';
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.error = sentence(problem);
    }
  }
}

/** A list that comes by pages: the first, and with each further one all that came before. */
export class Paged<T> extends Asked<Page<T>> {
  more(call: (cursor: string) => Promise<Page<T>>): Promise<void> {
    const { items, next } = this.value ?? { items: [], next: '' };
    return this.ask(async () => {
      const page = await call(next ?? '');
      return { ...page, items: [...items, ...page.items] };
    });
  }
}
