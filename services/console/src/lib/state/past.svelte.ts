/** A moment of the past that is shown instead of now: the same screens, and nothing can be commanded there. */
import type { Incident } from '../api/types';

class Past {
  /** Unix milliseconds of the server's clock; null is now. */
  at = $state<number | null>(null);
  /** As they stood then. */
  incidents = $state.raw<ReadonlyMap<string, Incident>>(new Map());

  /** Whether that is known yet. */
  read = $state(false);

  show(at: number, incidents?: ReadonlyMap<string, Incident>): void {
    this.at = at;
    this.read = incidents !== undefined;
    this.incidents = incidents ?? new Map();
  }

  /** Back to now. */
  leave(): void {
    this.at = null;
    this.incidents = new Map();
  }
}

export const past = new Past();
