/** The state of each sensor as the map shows it. */
import type { Asset, Domain, Position, Values } from '../api/types';
import type { Placement } from './clusters';

/** Older values than this say nothing any more. */
const STALE_MS = 15 * 60_000;

/** A sensor that has a place, with the names of its values. */
export interface Sensor {
  asset: string;
  measures: string | null;
  position: Position;
  name: string;
  values: string[];
  /** Of its first quantity; empty where no domain measures it. */
  domain: string;
}

/** Found once for all assets: the map looks at thousands of them again and again. */
export function sensorsOf(assets: ReadonlyMap<string, Asset>, domains: Domain[]): Sensor[] {
  const domainOf = new Map(domains.flatMap(({ id, quantities }) => Object.keys(quantities).map((quantity) => [quantity, id] as const)));
  const found: Sensor[] = [];
  for (const { id, kind, position, observes, measures, name, name_vi } of assets.values()) {
    if (kind !== 'sensor' || !position) continue;
    const own = { asset: id, measures, position, name: name_vi || name || id };
    found.push({ ...own, domain: domainOf.get(observes[0] ?? '') ?? '', values: observes.map((quantity) => `${id}/${quantity}`) });
  }
  return found;
}

/** Every sensor, fresh or stale. */
export function placements(sensors: Sensor[], values: Values, now: number): Placement[] {
  const fresh = (name: string) => {
    const found = values[name];
    return found !== undefined && now - found[0] < STALE_MS;
  };
  return sensors.map((one) => ({ position: one.position, name: one.name, state: one.values.some(fresh) ? 'fresh' : 'stale' }));
}

/** Those with a signal in an incident, by its assets. */
export function signalling(sensors: Sensor[], assets: ReadonlySet<string>): Placement[] {
  if (assets.size === 0) return [];
  return sensors
    .filter(({ asset, measures }) => assets.has(asset) || (measures !== null && assets.has(measures)))
    .map(({ position, name }) => ({ position, name, state: 'signalling' }));
}
