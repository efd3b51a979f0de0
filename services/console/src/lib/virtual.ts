/** Which lines of a long list are drawn; lines may differ in height. */

export interface Span {
  first: number;
  last: number;
}

const OVERSCAN = 6;

/** Where each line begins, and at the end where the last one ends. */
export function topsOf(heights: number[]): number[] {
  const tops = [0];
  for (const height of heights) tops.push((tops.at(-1) ?? 0) + height);
  return tops;
}

/** The first line that ends below `at`. */
function lineAt(tops: number[], at: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle + 1] ?? Infinity) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Lines `first` (included) to `last` (excluded) that a window of `height` at `top` may show. */
export function visible(tops: number[], top: number, height: number): Span {
  const count = tops.length - 1;
  const first = Math.max(0, Math.min(count, lineAt(tops, top)) - OVERSCAN);
  return { first, last: Math.min(count, lineAt(tops, top + height) + 1 + OVERSCAN) };
}

/** The scroll position that brings a line into the window, moving as little as possible. */
export function reveal(tops: number[], line: number, top: number, height: number): number {
  const start = tops[line] ?? 0;
  const end = tops[line + 1] ?? start;
  if (start < top) return start;
  return end > top + height ? end - height : top;
}
