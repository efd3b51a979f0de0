/** Colours of the base map by theme, and of sensors and paths. */
import type { Theme } from '../state/preferences.svelte';
import type { SensorState } from './view';

export interface Look {
  land: string;
  unit: string;
  boundary: string;
  water: string;
  road: string;
  minor: string;
  park: string;
  text: string;
  halo: string;
}

export const BASE: Record<Theme, Look> = {
  dark: {
    land: '#0d1620', unit: '#13202d', boundary: '#4a647d', water: '#1d4f7a', road: '#5d6f80',
    minor: '#2f3f4e', park: '#1d3a33', text: '#a9bccd', halo: '#0d1620',
  },
  light: {
    land: '#eef1f3', unit: '#f8f9fa', boundary: '#7c8fa1', water: '#8fc1e8', road: '#9aa6b2',
    minor: '#cfd7de', park: '#cfe5d4', text: '#3a4a59', halo: '#f8f9fa',
  },
};

export const DOT: Record<SensorState, string> = { fresh: '#4fae8c', stale: '#8795a1', signalling: '#ff9f1c' };
export const OPACITY: Record<SensorState, number> = { fresh: 0.8, stale: 0.5, signalling: 1 };
export const PATH = '#ff6b9d';
export const AREA = '#ff9f1c';

export type Layer = 'unit' | 'boundary' | 'water' | 'road' | 'park';

const LAYERS: [RegExp, Layer][] = [
  [/river|water|reach|lake|canal|song|reservoir/, 'water'],
  [/road|street|corridor|highway|ring/, 'road'],
  [/park|industrial|plant/, 'park'],
  [/boundar|province|city/, 'boundary'],
];

/** Which layer a feature of the city's map belongs to, by its `layer` or `kind`. */
export function layerOf(properties: Record<string, unknown> | null): Layer {
  const name = String(properties?.layer ?? properties?.kind ?? '').toLowerCase();
  return LAYERS.find(([pattern]) => pattern.test(name))?.[1] ?? 'unit';
}
