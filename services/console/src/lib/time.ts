/** Times as the room reads them: 24 hours, in the city's zone; ages and delays short. */

export type Language = 'vi' | 'en';

const LOCALES: Record<Language, string> = { vi: 'vi-VN', en: 'en-GB' };
const formats = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}|${zone}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, hourCycle: 'h23', ...options });
    formats.set(key, found);
  }
  return found;
}

const HOUR: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit' };
const DAY: Intl.DateTimeFormatOptions = { day: '2-digit', month: '2-digit', year: 'numeric' };

/** `14:03:07`; with the day before it when that is not today in the zone. */
export function clock(at: string | number, language: Language, zone: string, now: number): string {
  const moment = new Date(at);
  const time = format(language, zone, HOUR).format(moment);
  const day = format(language, zone, DAY);
  const date = day.format(moment);
  return date === day.format(now) ? time : `${date} ${time}`;
}

const UNITS: Record<Language, [string, string, string, string]> = {
  vi: ['giây', 'phút', 'giờ', 'ngày'],
  en: ['s', 'min', 'h', 'd'],
};

/** `12 s`, `3 min`, `2 h`, `2 h 05`, `3 d`; in Vietnamese `3 phút`. */
export function duration(seconds: number, language: Language): string {
  const [second, minute, hour, day] = UNITS[language];
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} ${second}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} ${minute}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} ${hour} ${String(minutes % 60).padStart(2, '0')}` : `${hours} ${hour}`;
  return `${Math.floor(hours / 24)} ${day}`;
}

const SILENT: Record<Language, string> = { vi: 'im lặng', en: 'silent' };

/** `0.4 s` in the language's decimals, whole seconds from ten on; in a word where nothing was ever heard. */
export function age(milliseconds: number, language: Language): string {
  if (milliseconds === Infinity) return SILENT[language];
  const seconds = Math.max(0, milliseconds) / 1000;
  const digits = seconds < 10 ? 1 : 0;
  if (seconds >= 120) return duration(seconds, language);
  return `${seconds.toLocaleString(LOCALES[language], { minimumFractionDigits: digits, maximumFractionDigits: digits })} s`;
}

/** A number in the language's decimals. */
export function number(value: number, language: Language, digits = 2): string {
  return value.toLocaleString(LOCALES[language], { maximumFractionDigits: digits });
}

/** The civil day of a moment in a zone, `2026-11-28`. */
export function civilDay(at: string | number, zone: string): string {
  // Swedish writes dates as ISO 8601 does
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(new Date(at));
}

/** The civil day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A civil day with its month in words, `Saturday 28 November`: no order of day and month can be mistaken. */
export function dayInWords(day: string, language: Language): string {
  return format(language, 'UTC', { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(`${day}T00:00:00Z`));
}

/** A civil day in words of the language, `28/11/2026`. */
export function dayText(day: string, language: Language): string {
  return format(language, 'UTC', DAY).format(new Date(`${day}T00:00:00Z`));
}
