/** Distances on the ground. */
import type { Asset, Position } from './api/types';

const EARTH_M = 6_371_000;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Metres between two places, by the haversine formula. */
export function metres([lonA, latA]: Position, [lonB, latB]: Position): number {
  const half = (angle: number) => Math.sin(radians(angle) / 2) ** 2;
  const chord = half(latB - latA) + Math.cos(radians(latA)) * Math.cos(radians(latB)) * half(lonB - lonA);
  return 2 * EARTH_M * Math.asin(Math.sqrt(chord));
}

/** The nearest first; without a place as they came, and those without one last. */
export function nearest<T extends { position: Position | null }>(from: Position | null, items: T[]): T[] {
  if (!from) return items;
  const far = ({ position }: T) => (position ? metres(from, position) : Infinity);
  return items
    .map((item) => ({ item, away: far(item) }))
    .sort((a, b) => (a.away === b.away ? 0 : a.away - b.away))
    .map(({ item }) => item);
}

export interface Camera {
  asset: Asset;
  /** Where its picture is; null where the folder says no address on the web. */
  url: string | null;
  metres: number;
}

const MOST_CAMERAS = 3;

/** The nearest cameras; none without a place. */
export function camerasNear(from: Position | null, assets: Iterable<Asset>): Camera[] {
  if (!from) return [];
  const cameras = [...assets].flatMap((asset): Camera[] => {
    const { url } = asset.properties ?? {};
    if (asset.kind !== 'camera' || !asset.position) return [];
    return [{ asset, url: typeof url === 'string' && /^https?:\/\//.test(url) ? url : null, metres: metres(from, asset.position) }];
  });
  return cameras.sort((a, b) => a.metres - b.metres).slice(0, MOST_CAMERAS);
}
