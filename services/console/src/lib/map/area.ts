/** The area that an incident affects: what lies around all its members. */
import type { Position } from '../api/types';

const METRES_A_DEGREE = 111_320;
/** How far around each member. */
const AROUND_M = 350;
const CORNERS = 12;

function circle([lon, lat]: Position, radiusM: number): Position[] {
  const high = radiusM / METRES_A_DEGREE;
  const wide = high / Math.cos((lat * Math.PI) / 180);
  return Array.from({ length: CORNERS }, (_, corner) => {
    const angle = (2 * Math.PI * corner) / CORNERS;
    return [lon + wide * Math.cos(angle), lat + high * Math.sin(angle)];
  });
}

/** Positive where `c` lies to the left of the line from `a` to `b`. */
const turn = (a: Position, b: Position, c: Position) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** Andrew's monotone chain: the convex hull, counter-clockwise, each corner once. */
export function hull(places: Position[]): Position[] {
  const sorted = [...places].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  if (sorted.length < 3) return sorted;
  const half = (points: Position[]) => {
    const found: Position[] = [];
    for (const point of points) {
      while (found.length > 1 && turn(found.at(-2) as Position, found.at(-1) as Position, point) <= 0) found.pop();
      found.push(point);
    }
    return found.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

/** One ring around the members; empty without any place. */
export function areaOf(places: Position[]): Position[] {
  const distinct = [...new Map(places.map((one) => [one.join(), one])).values()];
  return hull(distinct.flatMap((place) => circle(place, AROUND_M)));
}
