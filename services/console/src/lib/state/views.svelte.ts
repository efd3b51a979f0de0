/** Views of the list that an operator saved under a name; kept in this browser, for each user apart. */
import type { Filter } from '../filter';
import { EMPTY } from '../filter';
import { GROUPINGS, type Grouping } from '../grouping';
import { desk } from './desk.svelte';
import { session } from './session.svelte';

export interface View {
  name: string;
  filter: Filter;
  grouping: Grouping;
}

export const MOST_VIEWS = 20;
const keyOf = (user: string) => `soc.views.${user}`;

/** The views in a stored text; what is damaged or of an older console is left out or completed. */
export function viewsOf(text: string | null): View[] {
  try {
    const found = JSON.parse(text ?? '[]') as Partial<View>[];
    return found.flatMap(({ name, filter, grouping }) =>
      typeof name === 'string' && name ? [{ name, filter: { ...EMPTY, ...filter }, grouping: GROUPINGS.find((one) => one === grouping) ?? 'none' }] : [],
    );
  } catch {
    return [];
  }
}

class Views {
  all = $derived.by(() => {
    void this.#turn;
    return viewsOf(localStorage.getItem(keyOf(session.user)));
  });
  #turn = $state(0);

  /** Under its name, in place of an older one with it. */
  save(name: string): void {
    const view = { name, filter: $state.snapshot(desk.filter), grouping: desk.grouping };
    this.#keep([...this.all.filter((one) => one.name !== name), view].slice(-MOST_VIEWS));
  }

  drop(name: string): void {
    this.#keep(this.all.filter((one) => one.name !== name));
  }

  show({ filter, grouping }: View): void {
    desk.filter = { ...filter };
    desk.grouping = grouping;
  }

  /** Whether the list is as the view says. */
  holds({ filter, grouping }: View): boolean {
    return grouping === desk.grouping && JSON.stringify(filter) === JSON.stringify({ ...EMPTY, ...$state.snapshot(desk.filter) });
  }

  #keep(views: View[]): void {
    localStorage.setItem(keyOf(session.user), JSON.stringify(views));
    this.#turn += 1;
  }
}

export const views = new Views();
