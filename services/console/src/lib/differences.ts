/** What a backtest found for a stretch of time. */
import type { Difference } from './api/backtests';

/** The differences with an incident, of either side, that opened within the stretch. */
export function within(differences: Difference[], [from, to]: [number, number]): Difference[] {
  const inside = (at: string) => Date.parse(at) >= from && Date.parse(at) < to;
  return differences.filter(({ before, after }) => [...before, ...after].some(({ opened_at }) => inside(opened_at)));
}
