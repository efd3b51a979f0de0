/** Everything of the selected incident beyond its head: members, why, checklist, timeline. */
import { api } from '../api/client';
import type { Change, Link, Member, Sheet, Told, Why } from '../api/types';
import { happened, membersAt, sheetsAt, toldBy } from '../past';
import { center } from './center.svelte';
import { sentence } from './errors';
import { past } from './past.svelte';

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
      this.#show(id, why, timeline, checklist.sheets, told);
      this.error = null;
      if (!center.incidents.has(id)) center.put(await api.incident(id));
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.error = sentence(problem);
    } finally {
      if (turn === this.#turn) this.loading = false;
    }
  }

  /** As it is, or as it was at the moment that is looked at. */
  #show(id: string, { members, candidates }: Why, timeline: Change[], sheets: Sheet[], told: Told[]): void {
    const { at } = past;
    this.members = at === null ? members : membersAt(members, timeline, id, at);
    this.candidates = at === null ? candidates : [];
    this.timeline = at === null ? timeline : happened(timeline, at);
    this.sheets = at === null ? sheets : sheetsAt(sheets, at);
    this.told = at === null ? told : toldBy(told, at);
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
