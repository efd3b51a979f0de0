/** How the values of an indicator are written: a part of a whole, which has the unit `/`, in percent. */
import { number, type Language } from './time';

export interface Scale {
  unit: string;
  by: number;
  digits: number;
}

export function scaleOf(unit: string): Scale {
  return unit === '/' ? { unit: '%', by: 100, digits: 1 } : { unit, by: 1, digits: 2 };
}

export function written(value: number | null, scale: Scale, language: Language): string {
  return value === null ? '–' : number(value * scale.by, language, scale.digits);
}
