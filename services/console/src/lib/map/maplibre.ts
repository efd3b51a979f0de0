/** The map on WebGL2. */
import type { FeatureCollection } from 'geojson';
import maplibre, { type CameraOptions, type GeoJSONSource, type LayerSpecification, type Map as MapLibre, type Marker, type SourceSpecification } from 'maplibre-gl';
import type { Position } from '../api/types';
import type { Theme } from '../state/preferences.svelte';
import { AREA, BASE, DOT, layerOf, OPACITY, PATH } from './colours';
import { arrowElement, arrowKey, markElement, markKey, markOrder, pinElement } from './mark';
import { groundLayers, openTiles, type Tiles } from './tiles';
import type { Arrow, Dot, Extent, MapEvents, MapView, Mark, Name, Path, Shown } from './view';

const NOTHING: FeatureCollection = { type: 'FeatureCollection', features: [] };
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function layers(theme: Theme, tiles: Tiles | null): LayerSpecification[] {
  const look = BASE[theme];
  const of = (layer: string, polygon: boolean): never =>
    ['all', ['==', ['get', '_layer'], layer], [polygon ? '==' : '!=', ['geometry-type'], 'Polygon']] as never;
  return [
    { id: 'land', type: 'background', paint: { 'background-color': look.land } },
    { id: 'city', type: 'fill', source: 'base', filter: of('boundary', true), paint: { 'fill-color': look.unit } },
    { id: 'units', type: 'fill', source: 'base', filter: of('unit', true), paint: { 'fill-color': look.unit, 'fill-outline-color': look.minor } },
    ...(tiles ? groundLayers(tiles, look) : []),
    { id: 'parks', type: 'fill', source: 'base', filter: of('park', true), paint: { 'fill-color': look.park } },
    { id: 'water', type: 'fill', source: 'base', filter: of('water', true), paint: { 'fill-color': look.water } },
    { id: 'rivers', type: 'line', source: 'base', filter: of('water', false), paint: { 'line-color': look.water, 'line-width': 4 } },
    { id: 'roads', type: 'line', source: 'base', filter: ['==', ['get', '_layer'], 'road'], paint: { 'line-color': look.road, 'line-width': 1.6 } },
    { id: 'boundary', type: 'line', source: 'base', filter: ['==', ['get', '_layer'], 'boundary'], paint: { 'line-color': look.boundary, 'line-width': 1.6, 'line-dasharray': [4, 3] } },
    { id: 'area', type: 'fill', source: 'area', paint: { 'fill-color': AREA, 'fill-opacity': 0.14 } },
    { id: 'edge', type: 'line', source: 'area', paint: { 'line-color': AREA, 'line-width': 1.5, 'line-dasharray': [3, 2] } },
    { id: 'paths', type: 'line', source: 'paths', layout: { 'line-cap': 'round' }, paint: { 'line-color': PATH, 'line-width': 3 } },
    {
      id: 'dots', type: 'circle', source: 'dots',
      paint: {
        'circle-radius': ['get', 'radius'], 'circle-color': ['get', 'colour'], 'circle-opacity': ['get', 'opacity'],
        'circle-stroke-color': '#000', 'circle-stroke-opacity': 0.4, 'circle-stroke-width': 0.8,
      },
    },
    {
      id: 'names', type: 'symbol', source: 'names',
      layout: { 'text-field': ['get', 'text'], 'text-size': 12, 'text-allow-overlap': true },
      paint: { 'text-color': look.text, 'text-halo-color': look.halo, 'text-halo-width': 1.2 },
    },
  ];
}

class MapLibreMap implements MapView {
  readonly name = 'maplibre';
  readonly #map: MapLibre;
  readonly #data: Record<string, FeatureCollection> = { base: NOTHING, names: NOTHING, dots: NOTHING, paths: NOTHING, area: NOTHING };
  readonly #marks = new Map<string, { key: string; marker: Marker }>();
  readonly #arrows = new Map<string, Marker>();
  #pin: Marker | null = null;
  #theme: Theme | null = null;
  #tiles: Tiles | null = null;

  constructor(
    element: HTMLElement,
    center: Position,
    zoom: number,
    private readonly events: MapEvents,
    sharpness: number,
  ) {
    this.#map = new maplibre.Map({
      container: element, pixelRatio: devicePixelRatio * sharpness, center, zoom, attributionControl: false, keyboard: false, dragRotate: false, pitchWithRotate: false,
      maxZoom: 17, minZoom: 4, fadeDuration: 0, style: { version: 8, sources: {}, layers: [] },
    });
    this.#map.on('click', ({ lngLat, originalEvent }) => {
      // its markers lie in the same element: one that was pressed has its own answer
      if (!(originalEvent.target as Element).closest('.mark')) this.events.pressed([lngLat.lng, lngLat.lat]);
    });
    this.#map.on('zoomend', () => this.events.zoomed());
    this.#map.on('idle', () => this.events.idle());
  }

  zoom(): number {
    return this.#map.getZoom();
  }

  base(map: FeatureCollection, theme: Theme): void {
    const features = map.features.map((one) => ({ ...one, properties: { ...one.properties, _layer: layerOf(one.properties) } }));
    this.#data.base = { type: 'FeatureCollection', features };
    if (theme === this.#theme) return this.#show('base');
    this.#theme = theme;
    this.#draw(theme);
  }

  async tiles(address: string): Promise<Shown> {
    try {
      this.#tiles = await openTiles(address, maplibre.addProtocol);
    } catch {
      return 'failed';
    }
    if (this.#theme) this.#draw(this.#theme);
    return 'shown';
  }

  #draw(theme: Theme): void {
    const sources: Record<string, SourceSpecification> = Object.fromEntries(Object.entries(this.#data).map(([name, data]) => [name, { type: 'geojson', data }]));
    if (this.#tiles) sources.ground = this.#tiles.source;
    this.#map.setStyle({ version: 8, sources, layers: layers(theme, this.#tiles) }, { diff: false });
  }

  #show(name: string): void {
    const data = this.#data[name] ?? NOTHING;
    const source = this.#map.getSource(name) as GeoJSONSource | undefined;
    if (source) void source.setData(data);
    else this.#map.once('styledata', () => void (this.#map.getSource(name) as GeoJSONSource | undefined)?.setData(data));
  }

  names(names: Name[]): void {
    this.#data.names = {
      type: 'FeatureCollection',
      features: names.map(({ position, text }) => ({ type: 'Feature', properties: { text }, geometry: { type: 'Point', coordinates: position } })),
    };
    this.#show('names');
  }

  dots(dots: Dot[]): void {
    this.#data.dots = {
      type: 'FeatureCollection',
      features: dots.map(({ position, state, count }) => ({
        type: 'Feature', geometry: { type: 'Point', coordinates: position },
        properties: { colour: DOT[state], opacity: OPACITY[state], radius: Math.min(7, 2.6 + Math.log2(count) * 0.9) },
      })),
    };
    this.#show('dots');
  }

  marks(marks: Mark[]): void {
    const kept = new Set(marks.map(({ id }) => id));
    for (const [id, { marker }] of this.#marks) if (!kept.has(id)) this.#drop(id, marker);
    for (const mark of marks) {
      const key = markKey(mark);
      const old = this.#marks.get(mark.id);
      if (old?.key === key) continue;
      if (old) this.#drop(mark.id, old.marker);
      const holder = document.createElement('div');
      holder.className = 'holder';
      holder.style.zIndex = String(markOrder(mark));
      holder.append(markElement(mark, this.events.chosen));
      const marker = new maplibre.Marker({ element: holder, anchor: 'top-left' }).setLngLat(mark.position).addTo(this.#map);
      holder.removeAttribute('role');
      holder.removeAttribute('aria-label');
      this.#marks.set(mark.id, { key, marker });
    }
  }

  #drop(id: string, marker: Marker): void {
    marker.remove();
    this.#marks.delete(id);
  }

  pin(position: Position | null): void {
    this.#pin?.remove();
    this.#pin = null;
    if (!position) return;
    const holder = document.createElement('div');
    holder.className = 'holder';
    holder.style.zIndex = '90';
    holder.append(pinElement());
    this.#pin = new maplibre.Marker({ element: holder, anchor: 'top-left' }).setLngLat(position).addTo(this.#map);
    holder.removeAttribute('role');
    holder.removeAttribute('aria-label');
  }

  paths(paths: Path[]): void {
    this.#data.paths = {
      type: 'FeatureCollection',
      features: paths.map(({ line }) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } })),
    };
    this.#show('paths');
  }

  area(ring: Position[]): void {
    const first = ring[0];
    this.#data.area = first
      ? { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [[...ring, first]] } }] }
      : NOTHING;
    this.#show('area');
  }

  arrows(arrows: Arrow[]): void {
    const wanted = new Map(arrows.map((one) => [arrowKey(one), one]));
    for (const [key, marker] of this.#arrows) {
      if (wanted.has(key)) continue;
      marker.remove();
      this.#arrows.delete(key);
    }
    for (const [key, one] of wanted) {
      if (this.#arrows.has(key)) continue;
      const holder = document.createElement('div');
      holder.className = 'holder';
      holder.append(arrowElement(one));
      this.#arrows.set(key, new maplibre.Marker({ element: holder, anchor: 'top-left' }).setLngLat(one.position).addTo(this.#map));
      holder.removeAttribute('role');
      holder.removeAttribute('aria-label');
    }
  }

  show(position: Position, atOnce = still()): void {
    const { x, y } = this.#map.project(position);
    const { clientWidth, clientHeight } = this.#map.getContainer();
    if (x < 90 || y < 70 || x > clientWidth - 90 || y > clientHeight - 70) this.#move({ center: position }, atOnce);
  }

  go(position: Position, zoom = 0): void {
    this.#move({ center: position, zoom: Math.max(this.#map.getZoom(), zoom) }, still());
  }

  #move(camera: CameraOptions, atOnce: boolean): void {
    if (atOnce) this.#map.jumpTo(camera);
    else this.#map.easeTo({ ...camera, duration: 400 });
  }

  fit(extent: Extent, nearest: number, paddingPx: number, atOnce = still()): void {
    this.#map.fitBounds(extent, { padding: paddingPx, maxZoom: nearest, animate: !atOnce, duration: 400 });
  }

  nearer(): void {
    this.#map.zoomIn();
  }

  farther(): void {
    this.#map.zoomOut();
  }

  resize(): void {
    this.#map.resize();
  }

  destroy(): void {
    this.#map.remove();
  }
}

/** A MapLibre map in the element; throws without WebGL2. */
export async function makeMapLibre(element: HTMLElement, center: Position, zoom: number, events: MapEvents, sharpness: number): Promise<MapView> {
  return new MapLibreMap(element, center, zoom, events, sharpness);
}
