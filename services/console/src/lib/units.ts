/** Units as people write them; what comes from the center keeps to the letters of SenML (RFC 8428 §12.1). The tables are those of `city/units.py`. */
import type { Language } from './time';
import writing from './units.json';

/** What is said in the place of some; empty of what is counted, and of shares. */
const SAID: Record<string, string> = writing.said;
const LETTERS = writing.letters.map(([pattern, letter]) => [new RegExp(pattern!, 'g'), letter!] as const);

/** E.g. `µg/m³` of `ug/m3`; a digit that is raised follows a small letter and ends its part (`tCO2e` keeps its 2). */
export function spelled(unit: string, language: Language): string {
  const plain = SAID[unit] ?? LETTERS.reduce((text, [pattern, letter]) => text.replace(pattern, letter), unit);
  return language === 'vi' ? writing.vi.reduce((text, [words, others]) => text.replaceAll(words!, others!), plain) : plain;
}
