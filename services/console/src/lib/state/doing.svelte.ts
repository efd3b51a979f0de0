/** What a screen asks the server for, one thing at a time, and the sentence where it failed. */
import { sentence } from './errors';

export class Doing {
  busy = $state(false);
  error = $state<string | null>(null);

  /** Whether it was done; nothing is begun while something else is under way. */
  protected async run(action: () => Promise<void>): Promise<boolean> {
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
