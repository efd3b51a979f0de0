/** Civil days, months and years of the city, as the screens of figures step through them. */
import { civilDay, dayAfter } from './time';
import type { Step } from './api/figures';

export type Span = Exclude<Step, 'hour'>;
/** Enough of an ISO day to name the span. */
const LENGTHS: Record<Span, number> = { day: 10, month: 7, year: 4 };

/** The span of a moment as it is written: `2026-11-28`, `2026-11`, `2026`. */
export function spanOf(at: string | number, span: Span, zone: string): string {
  return civilDay(at, zone).slice(0, LENGTHS[span]);
}

/** Its neighbour so many spans later. */
export function spanAfter(name: string, span: Span, by: number): string {
  if (span === 'day') return dayAfter(name, by);
  if (span === 'year') return String(Number(name) + by).padStart(4, '0');
  const [year = 0, month = 1] = name.split('-').map(Number);
  return new Date(Date.UTC(year, month - 1 + by, 1)).toISOString().slice(0, LENGTHS.month);
}

/** Some moment that surely lies within it, whatever the zone. */
export function within(name: string): string {
  const [year = '', month = '06', day = '15'] = name.split('-');
  return `${year}-${month}-${day}T12:00:00Z`;
}
