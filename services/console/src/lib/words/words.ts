/** The one catalogue: both languages of every text side by side, and how places in a text are filled. */
import type { Language } from '../time';
import { admin } from './admin';
import { duty } from './duty';
import { figures } from './figures';
import { live } from './live';
import { rules } from './rules';
import { sources } from './sources';

/** Vietnamese, the first language of the room, and English. */
export type Text = readonly [vi: string, en: string];

export const WORDS = { ...live, ...admin, ...duty, ...figures, ...rules, ...sources };
export type Word = keyof typeof WORDS;

export function textOf([vi, en]: Text, language: Language): string {
  return language === 'vi' ? vi : en;
}

/** The text with each `{name}` replaced. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
