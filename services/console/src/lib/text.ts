/** Texts: search that finds "Thuận An" by "thuan an" and the other way round; names within sentences. */

/** Lower case, without diacritics; đ counts as d. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('đ', 'd');
}

/** Whether every word of the query stands somewhere in the text, whatever the diacritics. */
export function matches(query: string, folded: string): boolean {
  return fold(query)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** A name as it stands within a sentence; COD, PM10 and pH stay. */
export const lowered = (name: string) => (/^.\p{Lu}/u.test(name) ? name : name.charAt(0).toLowerCase() + name.slice(1));

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `a, b or c`, `a, b and c`; in Vietnamese `a, b hoặc c`. */
export function joined(names: string[], type: 'disjunction' | 'conjunction', language: string): string {
  return new Intl.ListFormat(language === 'vi' ? 'vi-VN' : 'en-GB', { type }).format(names);
}
