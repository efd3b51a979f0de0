/** Units as people write them; what comes from the center keeps to the letters of SenML (RFC 8428 §12.1). */
import type { Language } from './time';

/** Of what is counted, and of shares, none is said. */
const OTHERWISE: Record<string, string> = { '/': '', count: '', Cel: '°C', deg: '°' };
const RAISED: Record<string, string> = { '2': '²', '3': '³' };

/** E.g. `µg/m³` of `ug/m3`; a digit that is raised follows a small letter and ends its part (`tCO2e` keeps its 2). */
export function spelled(unit: string, language: Language): string {
  const plain = OTHERWISE[unit] ?? unit.replace(/^u(?=g)/, 'µ').replace(/(?<=[a-z])[23](?![\dA-Za-z])/g, (digit) => RAISED[digit] ?? digit);
  return language === 'vi' ? plain.replace('bn VND', 'tỷ đồng') : plain;
}
