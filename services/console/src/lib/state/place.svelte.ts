/** The city itself: base map, assets, where it is and what its clock says. Changes rarely, is loaded once. */
import type { Feature, FeatureCollection } from 'geojson';
import { SvelteMap } from 'svelte/reactivity';
import { api } from '../api/client';
import type { Asset, City, Position } from '../api/types';
import { either, preferences } from './preferences.svelte';

class Place {
  base = $state.raw<FeatureCollection>({ type: 'FeatureCollection', features: [] });
  assets = new SvelteMap<string, Asset>();
  agencies = $state.raw<City['agencies']>([]);
  /** The base map and the names of the zones. */
  ground = $derived<FeatureCollection>({ type: 'FeatureCollection', features: [...this.base.features, ...this.#names()] });
  center = $state.raw<Position>([106.68, 11.09]);
  zoom = $state(9.6);
  name = $state('');
  nameVi = $state('');
  loaded = $state(false);
  failed = $state(false);

  async load(): Promise<void> {
    this.failed = false;
    const [city, map, assets] = await Promise.allSettled([api.city(), api.map(), api.assets()]);
    if (city.status === 'fulfilled') this.#city(city.value);
    if (map.status === 'fulfilled') this.base = map.value;
    if (assets.status === 'fulfilled') for (const asset of assets.value) this.assets.set(asset.id, asset);
    this.failed = [city, map, assets].some(({ status }) => status === 'rejected');
    this.loaded = true;
  }

  /** The asset's name in the chosen language; its id when it is not known. */
  called(id: string): string {
    const asset = this.assets.get(id);
    return asset ? either(asset.name, asset.name_vi) || id : id;
  }

  /** The agency's name in the chosen language; its id when it is not known. */
  agency(id: string): string {
    const found = this.agencies.find((one) => one.id === id);
    return found ? either(found.name, found.name_vi) || id : id;
  }

  #names(): Feature[] {
    return [...this.assets.values()]
      .filter(({ kind, position }) => kind === 'zone' && position)
      .map(({ id, position }) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: position as Position },
        properties: { layer: 'name', name: this.called(id), name_vi: this.called(id) },
      }));
  }

  #city({ map, time_zone, name, name_vi, agencies }: City): void {
    this.agencies = agencies;
    if (map.center) this.center = map.center;
    if (map.zoom) this.zoom = map.zoom - 1;
    preferences.zone = time_zone;
    this.name = name;
    this.nameVi = name_vi;
  }
}

export const place = new Place();
