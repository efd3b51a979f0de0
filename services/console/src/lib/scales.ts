/** How the values of an indicator are written: a part of a whole, which has the unit `/`, in percent. */
import { number, type Language } from './time';
import { spelled } from './units';

export interface Scale {
  unit: string;
  by: number;
  digits: number;
}

export function scaleOf(unit: string, language: Language): Scale {
  return unit === '/' ? { unit: '%', by: 100, digits: 1 } : { unit: spelled(unit, language), by: 1, digits: 2 };
}

/** A title with its unit in brackets, where one is said. */
export const titled = (name: string, unit: string) => (unit ? `${name} (${unit})` : name);

/** Below 1 with three digits that say something: a day's emissions per worker would be 0.02 everywhere. */
export function written(value: number | null, scale: Scale, language: Language): string {
  if (value === null) return '–';
  const scaled = value * scale.by;
  const digits = scaled === 0 ? 0 : 2 - Math.floor(Math.log10(Math.abs(scaled)));
  return number(scaled, language, Math.min(20, Math.abs(scaled) < 1 ? digits : scale.digits));
}
