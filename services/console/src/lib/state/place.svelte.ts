/** The city itself: base map, assets, where it is and what its clock says. Changes rarely, is loaded once. */
import type { FeatureCollection } from 'geojson';
import { api } from '../api/client';
import type { Asset, City, Domain, Position, Quantity, Signal } from '../api/types';
import { corners, extentOf } from '../map/extent';
import { shortened } from '../map/labels';
import type { Extent, Name } from '../map/view';
import { either, preferences, t } from './preferences.svelte';

/** The zone of what is not registered. */
const NOWHERE = 'unknown';
const sorted = (ids: string[], called: (id: string) => string) => ids.sort((one, other) => called(one).localeCompare(called(other)));

class Place {
  base = $state.raw<FeatureCollection>({ type: 'FeatureCollection', features: [] });
  assets = $state.raw<ReadonlyMap<string, Asset>>(new Map());
  domains = $state.raw<Domain[]>([]);
  agencies = $state.raw<City['agencies']>([]);
  center = $state.raw<Position>([106.68, 11.09]);
  zoom = $state(9.6);
  name = $state('');
  nameVi = $state('');
  exercise = $state<string | null>(null);
  tiles = $state<string | null>(null);
  /** Whether its time is that of a recording. */
  recorded = $state(false);
  loaded = $state(false);
  failed = $state(false);

  async load(): Promise<void> {
    this.failed = false;
    const answers = await Promise.allSettled([api.city(), api.map(), api.assets(), api.domains()]);
    const [city, map, assets, domains] = answers;
    if (city.status === 'fulfilled') this.#city(city.value);
    if (map.status === 'fulfilled') this.base = map.value;
    if (assets.status === 'fulfilled') this.assets = new Map(assets.value.map((one) => [one.id, one]));
    if (domains.status === 'fulfilled') this.domains = domains.value;
    this.failed = answers.some(({ status }) => status === 'rejected');
    this.loaded = true;
  }

  /** The asset's name in the chosen language; its id when it is not known. What lies in no zone says so. */
  called(id: string): string {
    const asset = this.assets.get(id);
    if (id === NOWHERE) return t('group.elsewhere');
    return asset ? either(asset.name, asset.name_vi) || id : id;
  }

  /** The asset's names in both languages: a search finds either. */
  bothNames(id: string): string {
    const asset = this.assets.get(id);
    return asset ? `${asset.name} ${asset.name_vi}` : id;
  }

  /** The domain's name in the chosen language; its id when it is not known. */
  domain(id: string): string {
    const found = this.domains.find((one) => one.id === id);
    return found ? either(found.name, found.name_vi) || id : id;
  }

  /** The name of a kind of signal in the chosen language; its id when no domain knows it. */
  kind(id: string): string {
    const found = this.domains.find(({ kinds }) => id in kinds)?.kinds[id];
    return found ? either(found.name, found.name_vi) || id : id;
  }

  /** The ids of all kinds of signal, by their names in the chosen language. */
  get kinds(): string[] {
    return sorted(this.domains.flatMap(({ kinds }) => Object.keys(kinds)), (id) => this.kind(id));
  }

  /** The ids of all quantities, by their names in the chosen language. */
  get quantities(): string[] {
    return sorted(this.domains.flatMap(({ quantities }) => Object.keys(quantities)), (id) => this.quantity(id));
  }

  /** The name of a quantity in the chosen language; its id when no domain measures it. */
  quantity(id: string): string {
    const found = this.#quantity(id);
    return found ? either(found.name, found.name_vi) || id : id;
  }

  /** The unit of a quantity, not yet as people write it; empty when no domain measures it. */
  unit(id: string): string {
    return this.#quantity(id)?.unit ?? '';
  }

  /** The agency's name in the chosen language; its id when it is not known. */
  agency(id: string): string {
    const found = this.agencies.find((one) => one.id === id);
    return found ? either(found.name, found.name_vi) || id : id;
  }

  /** What a signal is about: the measured asset and the quantity, or the asset that it names; of a report where it lies. */
  subject({ asset, measures, kind, zone }: Pick<Signal, 'asset' | 'measures' | 'kind' | 'zone'>): string {
    if (kind.startsWith('report.') && this.assets.has(zone) && !this.assets.has(asset)) return this.called(zone);
    const quantities = this.assets.get(asset)?.observes ?? [];
    if (!measures || quantities.length === 0) return this.called(asset);
    return `${this.called(measures)} · ${quantities.map((id) => this.quantity(id)).join(', ')}`;
  }

  /** The zones' names in the chosen language. */
  names(): Name[] {
    return [...this.assets.values()].flatMap(({ id, kind, position }) =>
      kind === 'zone' && position ? [{ position, text: shortened(this.called(id)) }] : [],
    );
  }

  /** All that the base map shows; without one, all assets; null when nothing has a place. */
  extent(): Extent | null {
    const ground = this.base.features.flatMap(({ geometry }) => corners(geometry));
    return extentOf(ground.length ? ground : [...this.assets.values()].flatMap(({ position }) => (position ? [position] : [])));
  }

  /** Now, Unix milliseconds, by the clock by which what is shelved comes back; `wall` is that of a live city. */
  async now(wall: number): Promise<number> {
    const told = this.recorded ? await api.clock().catch(() => null) : null;
    return told?.now ? Date.parse(told.now) : wall;
  }

  #quantity(id: string): Quantity | undefined {
    return this.domains.find(({ quantities }) => id in quantities)?.quantities[id];
  }

  #city({ map, time_zone, name, name_vi, agencies, clock, exercise, base_tiles }: City): void {
    this.recorded = clock === 'events';
    this.agencies = agencies;
    if (map.center) this.center = map.center;
    if (map.zoom) this.zoom = map.zoom - 1;
    preferences.zone = time_zone;
    this.name = name;
    this.nameVi = name_vi;
    this.exercise = exercise;
    this.tiles = base_tiles;
  }
}

export const place = new Place();
