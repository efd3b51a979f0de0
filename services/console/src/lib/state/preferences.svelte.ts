/** What an operator chose for this screen: language, theme, sound; kept in the browser. */
import { momentOf } from '../hours';
import { clock, number, type Language } from '../time';
import { spelled } from '../units';
import { fill, textOf, WORDS, type Text, type Word } from '../words/words';

export type Theme = 'dark' | 'light';
const KEY = 'soc.preferences';

interface Kept {
  language: Language;
  theme: Theme;
  sound: boolean;
  map: 'auto' | 'maplibre' | 'leaflet';
}

function kept(): Partial<Kept> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
  } catch {
    return {};
  }
}

class Preferences {
  language = $state<Language>('vi');
  theme = $state<Theme>('dark');
  sound = $state(false);
  map = $state<Kept['map']>('auto');
  /** Unix milliseconds until which sound is muted; 0 is not muted. */
  mutedUntil = $state(0);
  /** The city's zone. */
  zone = $state('Asia/Ho_Chi_Minh');

  constructor() {
    const { language, theme, sound, map } = kept();
    if (language === 'vi' || language === 'en') this.language = language;
    if (theme === 'dark' || theme === 'light') this.theme = theme;
    this.sound = sound ?? false;
    this.map = map ?? 'auto';
  }

  keep(): void {
    const { language, theme, sound, map } = this;
    localStorage.setItem(KEY, JSON.stringify({ language, theme, sound, map }));
  }

  switchLanguage(): void {
    this.language = this.language === 'vi' ? 'en' : 'vi';
    this.keep();
  }

  switchTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    this.keep();
  }
}

export const preferences = new Preferences();

/** The text of a word in the chosen language. */
export function t(word: Word, values: Record<string, string | number> = {}): string {
  return fill(textOf(WORDS[word], preferences.language), values);
}

/** The text of `prefix.id`; the id itself where the catalogue does not know it. */
export function named(prefix: 'state' | 'severity' | 'stage' | 'change' | 'command' | 'role' | 'window' | 'delivery' | 'edge' | 'edge.kind' | 'option' | 'field' | 'relation' | 'deed' | 'works.kind' | 'form', id: string): string {
  const text = (WORDS as Record<string, Text>)[`${prefix}.${id}`];
  return text ? textOf(text, preferences.language) : id;
}

/** The one of two server texts that the language asks for. */
export function either(english: string, vietnamese: string): string {
  return preferences.language === 'vi' ? vietnamese || english : english || vietnamese;
}

/** A unit as people write it, in the chosen language. */
export const unitOf = (unit: string | null) => spelled(unit ?? '', preferences.language);

/** A value with its unit: `35.2 µg/m³`. */
export const amount = (value: number, unit: string | null, digits = 2) => `${number(value, preferences.language, digits)} ${unitOf(unit)}`.trim();

/** What a field of date and time shows, in the city's zone, as the API takes it; empty stays empty. */
export const instantOf = (shown: string) => (shown ? new Date(momentOf(shown, preferences.zone)).toISOString() : '');

/** A time in the city's zone. */
export function at(moment: string | number, now = Date.now()): string {
  return clock(moment, preferences.language, preferences.zone, now);
}
