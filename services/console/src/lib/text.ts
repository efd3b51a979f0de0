/** Search that finds "Thuận An" by "thuan an" and the other way round. */

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
