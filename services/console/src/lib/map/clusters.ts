/** Things that lie together on the screen become one, which looks like the worst of them. */
import type { Incident, Position } from '../api/types';
import { rank, worst } from '../severity';
import type { Dot, Mark, SensorState } from './view';

const TILE = 512;
const MARK_CELL_PX = 44;
const DOT_CELL_PX = 15;
/** From here on everything stands alone. */
const ALONE_ZOOM = 15;

/** Places on the unit square of Web Mercator: thousands of sensors are projected once, not with every look. */
const units = new WeakMap<Position, [number, number]>();

function unit(position: Position): [number, number] {
  let found = units.get(position);
  if (!found) {
    const [lon, lat] = position;
    const sine = Math.sin((Math.max(-85, Math.min(85, lat)) * Math.PI) / 180);
    found = [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
    units.set(position, found);
  }
  return found;
}

/** Web Mercator pixels at a zoom. */
export function project(position: Position, zoom: number): [number, number] {
  const scale = TILE * 2 ** zoom;
  const [x, y] = unit(position);
  return [x * scale, y * scale];
}

/** Buckets of a grid over the screen at a zoom. */
function cells<T>(items: T[], position: (item: T) => Position, zoom: number, size: number): T[][] {
  if (zoom >= ALONE_ZOOM) return items.map((item) => [item]);
  const found = new Map<number, T[]>();
  const across = Math.ceil((TILE * 2 ** zoom) / size);
  items.forEach((item) => {
    const [x, y] = project(position(item), zoom);
    const key = Math.floor(y / size) * across + Math.floor(x / size);
    const cell = found.get(key);
    if (cell) cell.push(item);
    else found.set(key, [item]);
  });
  return [...found.values()];
}

type Placed = Incident & { position: Position };

/** The marks of incidents, worst last so that they lie on top; the selected one always stands alone. */
export function marksOf(
  incidents: Incident[],
  selected: string | null,
  zoom: number,
  label: (incident: Incident) => string,
): Mark[] {
  const placed = incidents.filter((one): one is Placed => one.position !== null);
  const others = placed.filter(({ id }) => id !== selected);
  const groups = [...cells(others, ({ position }) => position, zoom, MARK_CELL_PX)];
  groups.push(...placed.filter(({ id }) => id === selected).map((one) => [one]));
  return groups
    .map((members) => markOf(members, selected, label))
    .sort((a, b) => Number(a.selected) - Number(b.selected) || rank(b.severity) - rank(a.severity));
}

function markOf(members: Placed[], selected: string | null, label: (incident: Incident) => string): Mark {
  const [first] = [...members].sort(
    (a, b) => rank(a.severity) - rank(b.severity) || Number(a.state !== 'open') - Number(b.state !== 'open'),
  ) as [Placed];
  return {
    id: first.id,
    position: first.position,
    severity: worst(members.map(({ severity }) => severity)),
    label: label(first),
    count: members.length,
    selected: first.id === selected,
    labelled: rank(first.severity) <= 1,
    acknowledged: members.every(({ state }) => state !== 'open'),
  };
}

export interface Placement {
  position: Position;
  state: SensorState;
  name: string;
}

const ORDER: SensorState[] = ['fresh', 'stale', 'signalling'];

/** The dots of sensors, worst last. */
export function dotsOf(sensors: Placement[], zoom: number): Dot[] {
  const state = (members: Placement[]) =>
    members.reduce<SensorState>((a, b) => (ORDER.indexOf(b.state) > ORDER.indexOf(a) ? b.state : a), 'fresh');
  return cells(sensors, ({ position }) => position, zoom, DOT_CELL_PX)
    .map((members) => ({
      position: (members.find((one) => one.state === state(members)) ?? members[0])!.position,
      state: state(members),
      count: members.length,
      name: members[0]!.name,
    }))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
}
