/** The state of each sensor as the map shows it. */
import type { Asset, Values } from '../api/types';
import type { Placement } from './clusters';
import type { SensorState } from './view';

/** Older values than this say nothing any more. */
const STALE_MS = 15 * 60_000;

function stateOf(sensor: Asset, values: Values, signalling: ReadonlySet<string>, now: number): SensorState {
  if (signalling.has(sensor.id) || (sensor.measures !== null && signalling.has(sensor.measures))) return 'signalling';
  const fresh = sensor.observes.some((quantity) => {
    const found = values[`${sensor.id}/${quantity}`];
    return found !== undefined && now - found[0] < STALE_MS;
  });
  return fresh ? 'fresh' : 'stale';
}

/** Every sensor that has a place. */
export function placements(
  assets: ReadonlyMap<string, Asset>,
  values: Values,
  signalling: ReadonlySet<string>,
  now: number,
): Placement[] {
  const found: Placement[] = [];
  for (const asset of assets.values()) {
    if (asset.kind !== 'sensor' || !asset.position) continue;
    const state = stateOf(asset, values, signalling, now);
    found.push({ position: asset.position, state, name: asset.name_vi || asset.name || asset.id });
  }
  return found;
}
