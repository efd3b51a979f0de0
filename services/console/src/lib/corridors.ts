/** Roads as corridors: the segments of one name, in their order, with what their sensors say. */
import type { Asset, Values } from './api/types';

export interface Corridor {
  name: string;
  name_vi: string;
  /** Sensors of speed, segment by segment. */
  sensors: string[];
  segments: number;
  /** Mean of the newest speeds as a part of the free ones, 0 … 1; null without any. */
  flowing: number | null;
  /** km/h, mean of the segments that were heard of. */
  speed: number | null;
  heard: number;
}

const SPEED = 'speed_kmh';
const STALE_MS = 15 * 60_000;
/** "National road 13 inbound, segment 1" → "National road 13 inbound". */
const corridorOf = (name: string) => name.replace(/,[^,]*$/, '');

/** All corridors, the slowest first, those without a value last. */
export function corridorsOf(assets: ReadonlyMap<string, Asset>, values: Values, now: number): Corridor[] {
  const sensors = new Map<string, string>();
  for (const one of assets.values()) if (one.measures && one.observes.includes(SPEED)) sensors.set(one.measures, one.id);
  const groups = new Map<string, Asset[]>();
  for (const one of assets.values()) {
    if (one.kind !== 'road_segment' || !sensors.has(one.id)) continue;
    const key = corridorOf(one.name || one.id);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const found = [...groups.values()].map((segments) => corridor(segments, sensors, values, now));
  return found.sort((a, b) => (a.flowing ?? 9) - (b.flowing ?? 9) || a.name.localeCompare(b.name));
}

function corridor(segments: Asset[], sensors: Map<string, string>, values: Values, now: number): Corridor {
  const heard = segments.flatMap((one) => {
    const value = values[`${sensors.get(one.id)}/${SPEED}`];
    return value && now - value[0] < STALE_MS ? [{ speed: value[1], free: Number(one.properties?.free_kmh) || null }] : [];
  });
  const mean = (all: number[]) => (all.length ? all.reduce((sum, one) => sum + one, 0) / all.length : null);
  const [first] = segments;
  return {
    name: corridorOf(first?.name ?? ''),
    name_vi: corridorOf(first?.name_vi || first?.name || ''),
    sensors: segments.flatMap(({ id }) => sensors.get(id) ?? []),
    segments: segments.length,
    speed: mean(heard.map(({ speed }) => speed)),
    flowing: mean(heard.flatMap(({ speed, free }) => (free ? [Math.min(1, speed / free)] : []))),
    heard: heard.length,
  };
}
