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

export function written(value: number | null, scale: Scale, language: Language): string {
  return value === null ? '–' : number(value * scale.by, language, scale.digits);
}
