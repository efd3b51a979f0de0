/** Which word exists, and how places in it are filled. */
import type { vi } from './vi';

export type Word = keyof typeof vi;

/** The text with each `{name}` replaced. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
