/** Whether the page goes onto paper: then everything is shown, nothing is behind a button. */
import { flushSync } from 'svelte';

class Paper {
  now = $state(false);

  constructor() {
    addEventListener('beforeprint', () => flushSync(() => (this.now = true)));
    addEventListener('afterprint', () => (this.now = false));
  }
}

export const paper = new Paper();
