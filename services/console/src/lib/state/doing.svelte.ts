/** What a screen asks the server for, one thing at a time, and the sentence where it failed. */
import { tick } from 'svelte';
import { Problem } from '../api/client';
import { sentence } from './errors';

/** A button loses the focus while it is off, as what is asked of the server is under way: who works by keyboard goes on there. */
function regain(from: Element | null): void {
  if (document.activeElement === document.body && from instanceof HTMLElement) from.focus();
}

export class Doing {
  busy = $state(false);
  error = $state<string | null>(null);
  /** The field of what was sent that the error is about; empty: none of them. */
  field = $state('');
  #missed = '';

  /** Whether it was done; nothing is begun while something else is under way. */
  async run(action: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    const from = document.activeElement;
    this.busy = true;
    try {
      await action();
      this.error = null;
      this.field = '';
      return true;
    } catch (problem) {
      this.error = sentence(problem);
      this.field = (problem instanceof Problem && problem.document.field) || '';
      return false;
    } finally {
      this.busy = false;
      void tick().then(() => regain(from));
    }
  }
  /** Reads again what is shown, which holds nothing up; when that succeeds, only its own error is over. */
  async reread(action: () => Promise<void>): Promise<void> {
    try {
      await action();
      if (this.error === this.#missed) this.error = null;
    } catch (problem) {
      this.error = this.#missed = sentence(problem);
    }
  }
}
