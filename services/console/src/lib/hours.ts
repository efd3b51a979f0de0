/** Hours of the city's clock, written `2026-11-28T14`. */

const HOUR_MS = 3_600_000;

/** The hour of a moment in a zone. */
export function hourOf(at: number, zone: string): string {
  const text = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at);
  return text.replace(' ', 'T').slice(0, 13);
}

/** The hour so many later by the clock. */
export const hourAfter = (hour: string, by: number) => new Date(Date.parse(`${hour}:00:00Z`) + by * HOUR_MS).toISOString().slice(0, 13);

/** When the hour begins and ends, Unix milliseconds; one that the clock skips is the one after it. */
export function hours(hour: string, zone: string): [number, number] {
  const wall = Date.parse(`${hour}:00:00Z`);
  const offset = (at: number) => Date.parse(`${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at).replace(' ', 'T')}Z`) - at;
  const begin = wall - offset(wall - offset(wall));
  return [begin, begin + HOUR_MS];
}
