/** The smallest rectangle around some places. */
import type { Geometry } from 'geojson';
import type { Position } from '../api/types';
import type { Extent } from './view';

/** Every corner of a geometry. */
export function corners(geometry: Geometry): Position[] {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.flatMap(corners);
  const flat = (geometry.coordinates as unknown[]).flat(3) as number[];
  return flat.flatMap((lon, index) => (index % 2 ? [] : [[lon, flat[index + 1]] as Position]));
}

/** Null without any place. */
export function extentOf(places: Position[]): Extent | null {
  if (places.length === 0) return null;
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  return [[Math.min(...lons), Math.min(...lats)], [Math.max(...lons), Math.max(...lats)]];
}

/** Whether it is more than one place. */
export function isWide([[west, south], [east, north]]: Extent): boolean {
  return east > west || north > south;
}
