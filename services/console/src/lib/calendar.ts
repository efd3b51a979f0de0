/** A week or a month of civil days and what lies in it. */
import { dayAfter } from './time';
import { spanAfter } from './spans';

const WEEK = 7;
export const RANGES = ['week', 'month'] as const;
export type Range = (typeof RANGES)[number];

/** The Monday of the week of a civil day, or the first of its month. */
export function beginOf(day: string, range: Range): string {
  if (range === 'month') return `${day.slice(0, 7)}-01`;
  return dayAfter(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + WEEK - 1) % WEEK));
}

/** The begin of the week or month so many later. */
export function beginAfter(begin: string, range: Range, by: number): string {
  return range === 'month' ? `${spanAfter(begin.slice(0, 7), 'month', by)}-01` : dayAfter(begin, WEEK * by);
}

/** The civil days of the week or month that begins then. */
export function daysOf(begin: string, range: Range): string[] {
  const end = beginAfter(begin, range, 1);
  const count = (Date.parse(end) - Date.parse(begin)) / 86_400_000;
  return Array.from({ length: count }, (_, number) => dayAfter(begin, number));
}

/** Where a window lies in a span of time, percent of its width; null: outside. */
export function barOf(from: number, to: number, [begin, end]: readonly [number, number]): { left: number; width: number } | null {
  if (to <= begin || from >= end) return null;
  const percent = (at: number) => (100 * (Math.min(Math.max(at, begin), end) - begin)) / (end - begin);
  return { left: percent(from), width: percent(to) - percent(from) };
}
