/** The minutes of one sensor as uPlot wants them. */
import type { Minute } from './api/types';

/** Seconds, means. */
export type Points = [number[], number[]];

/** Sorted by time, one quantity only. */
export function pointsOf(minutes: Minute[], quantity: string): Points {
  const found = minutes
    .filter((one) => one.quantity === quantity)
    .map((one) => [Date.parse(one.at) / 1000, one.mean] as const)
    .sort((a, b) => a[0] - b[0]);
  return [found.map(([at]) => at), found.map(([, mean]) => mean)];
}

/** The mean over several sensors for each hour that any of them has, sorted by time. */
export function hourly(sensors: Minute[][]): Points {
  const hours = new Map<number, number[]>();
  for (const { at, mean } of sensors.flat()) hours.set(Date.parse(at) / 1000, [...(hours.get(Date.parse(at) / 1000) ?? []), mean]);
  const found = [...hours].sort((a, b) => a[0] - b[0]);
  return [found.map(([at]) => at), found.map(([, means]) => means.reduce((sum, one) => sum + one, 0) / means.length)];
}
