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
