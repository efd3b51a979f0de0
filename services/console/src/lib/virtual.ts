/** Which rows of a long list are drawn. */

export interface Span {
  first: number;
  last: number;
}

const OVERSCAN = 6;

/** Rows `first` (included) to `last` (excluded) that a window of `height` at `top` may show. */
export function visible(count: number, rowHeight: number, top: number, height: number): Span {
  const first = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN);
  return { first: Math.min(first, last), last };
}

/** The scroll position that brings a row into the window, moving as little as possible. */
export function reveal(row: number, rowHeight: number, top: number, height: number): number {
  const start = row * rowHeight;
  if (start < top) return start;
  if (start + rowHeight > top + height) return start + rowHeight - height;
  return top;
}
