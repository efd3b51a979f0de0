/** A week of civil days and what lies in it. */
import { dayAfter } from './time';

const DAYS = 7;

/** The Monday of the week of a civil day. */
export function mondayOf(day: string): string {
  return dayAfter(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + DAYS - 1) % DAYS));
}

/** The civil days of the week that begins on a Monday. */
export const daysOf = (monday: string) => Array.from({ length: DAYS }, (_, number) => dayAfter(monday, number));

/** Where a window lies in a span of time, percent of its width; null: outside. */
export function barOf(from: number, to: number, [begin, end]: readonly [number, number]): { left: number; width: number } | null {
  if (to <= begin || from >= end) return null;
  const percent = (at: number) => (100 * (Math.min(Math.max(at, begin), end) - begin)) / (end - begin);
  return { left: percent(from), width: percent(to) - percent(from) };
}
