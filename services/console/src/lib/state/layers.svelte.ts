/** What the map shows; kept in the browser. */
import { toggled } from '../filter';

export const LAYERS = ['sensors', 'area', 'path', 'flow', 'names', 'base'] as const;
export type LayerName = (typeof LAYERS)[number];
const KEY = 'soc.layers';

interface Kept {
  off: LayerName[];
  domains: string[];
}

function kept(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
  } catch {
    return {};
  }
}

class Layers {
  #off = $state.raw<string[]>(kept().off ?? []);
  /** Domains whose sensors are not shown. */
  #domains = $state.raw<string[]>(kept().domains ?? []);

  shows(layer: LayerName): boolean {
    return !this.#off.includes(layer);
  }

  showsDomain(id: string): boolean {
    return !this.#domains.includes(id);
  }

  toggle(layer: LayerName): void {
    this.#off = toggled(this.#off, layer);
    this.#keep();
  }

  toggleDomain(id: string): void {
    this.#domains = toggled(this.#domains, id);
    this.#keep();
  }

  #keep(): void {
    localStorage.setItem(KEY, JSON.stringify({ off: this.#off, domains: this.#domains }));
  }
}

export const layers = new Layers();
