/** Where wind and rivers go, as far as it is known. */
import type { Asset, Position, Values } from '../api/types';
import type { Arrow } from './view';

/** Older wind than this is not shown. */
const STALE_MS = 30 * 60_000;

/** Degrees clockwise from north. */
export function bearing([lonA, latA]: Position, [lonB, latB]: Position): number {
  const east = (lonB - lonA) * Math.cos((((latA + latB) / 2) * Math.PI) / 180);
  return (Math.atan2(east, latB - latA) * (180 / Math.PI) + 360) % 360;
}

export interface Words {
  wind(speed: number, asset: Asset): string;
  flow(asset: Asset): string;
}

/** Stations tell where the wind comes from, arrows where it goes; a reach is drawn in the direction of its flow. */
export function arrowsOf(assets: Iterable<Asset>, values: Values, now: number, words: Words): Arrow[] {
  const found: Arrow[] = [];
  const speeds = new Map<string, number>();
  const from = new Map<string, number>();
  const all = [...assets];
  for (const { id, observes, measures } of all) {
    for (const quantity of observes) {
      const value = values[`${id}/${quantity}`];
      if (!value || now - value[0] > STALE_MS) continue;
      if (quantity === 'wind_speed_ms') speeds.set(measures ?? id, value[1]);
      if (quantity === 'wind_direction_deg') from.set(measures ?? id, value[1]);
    }
  }
  for (const asset of all) {
    const speed = speeds.get(asset.id);
    const degrees = from.get(asset.id);
    if (asset.position && speed !== undefined && degrees !== undefined) {
      found.push({ id: `wind ${asset.id}`, kind: 'wind', position: asset.position, bearing: (degrees + 180) % 360, label: words.wind(speed, asset) });
    }
    const flow = asset.kind === 'river_reach' ? flowOf(asset) : null;
    if (flow) found.push({ ...flow, id: `flow ${asset.id}`, kind: 'flow', label: words.flow(asset) });
  }
  return found;
}

/** Tidal reaches turn with the tide: their direction is not known from the map. */
function flowOf({ geometry, properties }: Asset): Pick<Arrow, 'position' | 'bearing'> | null {
  if (geometry?.type !== 'LineString' || properties?.tidal === true) return null;
  const line = geometry.coordinates as Position[];
  const start = line[Math.floor((line.length - 1) / 2)];
  const end = line[Math.floor((line.length - 1) / 2) + 1];
  if (!start || !end) return null;
  return { position: [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2], bearing: bearing(start, end) };
}
