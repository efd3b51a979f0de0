/** What the console asks of a map, whatever draws it. */
import type { FeatureCollection } from 'geojson';
import type { Position } from '../api/types';
import type { Theme } from '../state/preferences.svelte';

/** One incident, or several that lie together: it looks like its worst member. */
export interface Mark {
  id: string;
  position: Position;
  severity: string;
  label: string;
  count: number;
  selected: boolean;
  acknowledged: boolean;
  /** Its label is always shown, not only under the pointer. */
  labelled: boolean;
}

export type SensorState = 'signalling' | 'stale' | 'fresh';

/** One sensor, or several that lie together: it looks like its worst member. */
export interface Dot {
  position: Position;
  state: SensorState;
  count: number;
  name: string;
}

/** A name on the ground. */
export interface Name {
  position: Position;
  text: string;
}

/** South-west and north-east. */
export type Extent = [Position, Position];

/** From cause to effect. */
export interface Path {
  line: Position[];
}

/** Where wind or a river goes. */
export interface Arrow {
  id: string;
  kind: 'wind' | 'flow';
  position: Position;
  /** Degrees clockwise from north. */
  bearing: number;
  label: string;
}

export interface MapEvents {
  /** A mark was chosen. */
  chosen(mark: Mark): void;
  /** A place of the ground was pressed. */
  pressed(position: Position): void;
  /** The zoom changed: clusters must be made anew. */
  zoomed(): void;
  /** Everything that was asked for is drawn. */
  idle(): void;
}

/** `cannot`: this map has no way to draw them; `failed`: there are no such tiles. */
export type Shown = 'shown' | 'cannot' | 'failed';

export interface MapView {
  readonly name: 'maplibre' | 'leaflet';
  zoom(): number;
  base(map: FeatureCollection, theme: Theme): void;
  /** Shows an operator's own tiles under the base layers, and says whether it could. */
  tiles(address: string): Promise<Shown>;
  names(names: Name[]): void;
  dots(dots: Dot[]): void;
  marks(marks: Mark[]): void;
  paths(paths: Path[]): void;
  /** The ring of the affected area; empty for none. */
  area(ring: Position[]): void;
  arrows(arrows: Arrow[]): void;
  /** The one place that is being chosen; null for none. */
  pin(position: Position | null): void;
  /** Moves only as far as needed for the place to be well inside the view; `atOnce` as in `fit`. */
  show(position: Position, atOnce?: boolean): void;
  /** Centers a place; `zoom` only ever comes nearer. */
  go(position: Position, zoom?: number): void;
  /** Shows all of an extent, no nearer than `nearest`; `atOnce` without a way between, by default where people asked for less motion. */
  fit(extent: Extent, nearest: number, paddingPx: number, atOnce?: boolean): void;
  nearer(): void;
  farther(): void;
  resize(): void;
  destroy(): void;
}

/** `sharpness`: how much the page around enlarges the map; it draws so many pixels for one of the style sheet's. */
export type MakeMap = (element: HTMLElement, center: Position, zoom: number, events: MapEvents, sharpness: number) => Promise<MapView>;
