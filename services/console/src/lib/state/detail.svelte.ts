/** Everything of the selected incident beyond its head: members, why, checklist, timeline. */
import { api, Problem } from '../api/client';
import type { Change, Link, Member, Sheet, Told } from '../api/types';
import { center } from './center.svelte';
import { sentence } from './errors';
import { session } from './session.svelte';

class Detail {
  id = $state<string | null>(null);
  members = $state.raw<Member[]>([]);
  candidates = $state.raw<Link[]>([]);
  timeline = $state.raw<Change[]>([]);
  sheets = $state.raw<Sheet[]>([]);
  /** Deliveries to webhook endpoints. */
  told = $state.raw<Told[]>([]);
  loading = $state(false);
  error = $state<string | null>(null);
  /** Assets with a signal in the incident. */
  assets = $derived(new Set(this.members.flatMap(({ signal }) => [signal.asset, signal.measures ?? signal.asset])));
  #turn = 0;

  /** Loads an incident, or loads the shown one again without emptying the screen. */
  async load(id: string | null): Promise<void> {
    const turn = ++this.#turn;
    if (id !== this.id) this.#empty(id);
    if (!id) return;
    this.loading = true;
    try {
      const [why, timeline, checklist, told] = await Promise.all([api.why(id), api.timeline(id), api.procedure(id), api.told(id)]);
      if (turn !== this.#turn) return;
      this.members = why.members;
      this.candidates = why.candidates;
      this.timeline = timeline;
      this.sheets = checklist.sheets;
      this.told = told;
      this.error = null;
      if (!center.incidents.has(id)) center.put(await api.incident(id));
    } catch (problem) {
      if (turn !== this.#turn) return;
      if (problem instanceof Problem && problem.status === 401) session.end();
      this.error = sentence(problem);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  #empty(id: string | null): void {
    this.id = id;
    this.members = [];
    this.candidates = [];
    this.timeline = [];
    this.sheets = [];
    this.told = [];
    this.error = null;
    this.loading = false;
  }
}

export const detail = new Detail();
