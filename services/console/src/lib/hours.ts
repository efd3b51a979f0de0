/** Hours of the city's clock, written `2026-11-28T14`. */

const HOUR_MS = 3_600_000;

/** What the clock of a zone shows at a moment, `2026-11-28T14:30`. */
export function minuteOf(at: number, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(at).replace(' ', 'T');
}

/** The hour of a moment in a zone. */
export const hourOf = (at: number, zone: string) => minuteOf(at, zone).slice(0, 13);

/** The hour so many later by the clock. */
export const hourAfter = (hour: string, by: number) => new Date(Date.parse(`${hour}:00:00Z`) + by * HOUR_MS).toISOString().slice(0, 13);

/** Whether it is a minute of the calendar, `2026-11-28T14:30`; the 31st of February is none. */
export function isMinute(text: string): boolean {
  const at = Date.parse(`${text}:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(`${text}:`);
}

/** When a clock in a zone shows `2026-11-28T14:30`, Unix milliseconds; a time that it skips is the one after it. */
export function momentOf(shown: string, zone: string): number {
  const wall = Date.parse(`${shown}:00Z`);
  const offset = (at: number) => Date.parse(`${new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at).replace(' ', 'T')}Z`) - at;
  return wall - offset(wall - offset(wall));
}

/** When the hour begins and ends, Unix milliseconds. */
export function hours(hour: string, zone: string): [number, number] {
  const begin = momentOf(`${hour}:00`, zone);
  return [begin, begin + HOUR_MS];
}
