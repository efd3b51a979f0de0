/** Places as somebody on the telephone names them: coordinates, the name or id of something that the city knows. */
import type { Asset, Position } from './api/types';
import { fold, matches } from './text';

const PAIR = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/;
const MOST = 6;

/** `10.98050, 106.67120`: latitude first, as other maps write it. */
export const written = ([lon, lat]: Position) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

/** What two numbers mean: latitude and longitude, the other way round where it can be nothing else; else null. */
export function coordinatesOf(text: string): Position | null {
  const [, first, second] = PAIR.exec(text) ?? [];
  if (first === undefined || second === undefined) return null;
  const [lat, lon] = Math.abs(Number(first)) > 90 ? [Number(second), Number(first)] : [Number(first), Number(second)];
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
}

/** Assets with a place that the words may mean, with or without diacritics, names that have them side by side first, then the shortest; nobody on the telephone names an instrument. */
export function meant(text: string, assets: Iterable<Asset>): Asset[] {
  const query = fold(text.trim());
  if (query.length < 2) return [];
  const found: { asset: Asset; rank: number }[] = [];
  for (const asset of assets) {
    const { id, name, name_vi, position, observes } = asset;
    const words = fold([name_vi, name, id].join(' '));
    if (!position || observes.length || !matches(query, words)) continue;
    found.push({ asset, rank: (words.includes(query) ? 0 : 1000) + (name_vi || name || id).length });
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, MOST).map(({ asset }) => asset);
}

/** The id of the asset that the words name: by its id, or by a name that no other has, with or without diacritics; else null. */
export function namedBy(text: string, assets: ReadonlyMap<string, Asset>): string | null {
  const words = text.trim();
  if (assets.has(words)) return words;
  const query = fold(words);
  const found = query ? [...assets.values()].filter(({ name, name_vi }) => [name, name_vi].some((one) => fold(one) === query)) : [];
  return found.length === 1 ? found[0]!.id : null;
}
