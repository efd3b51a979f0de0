/** The map on a plain canvas, for screens without a graphics card. */
import type { FeatureCollection, Geometry } from 'geojson';
import * as L from 'leaflet';
import type { Position } from '../api/types';
import type { Theme } from '../state/preferences.svelte';
import { AREA, BASE, layerOf, PATH, type Layer } from './colours';
import { DotLayer } from './dots';
import { arrowElement, arrowKey, markElement, markKey, markOrder, pinElement } from './mark';
import type { Arrow, Dot, Extent, MapEvents, MapView, Mark, Name, Path, Shown } from './view';

/** Leaflet counts zoom for tiles of 256, MapLibre for 512. */
const OFFSET = 1;
const at = ([lon, lat]: Position): L.LatLngTuple => [lat, lon];
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function styleOf(layer: Layer, geometry: Geometry, theme: Theme): L.PathOptions {
  const look = BASE[theme];
  const filled = geometry.type.endsWith('Polygon');
  if (layer === 'water') return { color: look.water, weight: filled ? 1 : 4, fillColor: look.water, fill: filled, fillOpacity: 1 };
  if (layer === 'road') return { color: look.road, weight: 1.6, fill: false };
  if (layer === 'park') return { color: look.park, weight: 1, fillColor: look.park, fill: filled, fillOpacity: 0.85 };
  if (layer === 'boundary') return { color: look.boundary, weight: 1.6, dashArray: '6 4', fillColor: look.unit, fill: filled, fillOpacity: 1 };
  return { color: look.minor, weight: 1, fillColor: look.unit, fill: filled, fillOpacity: 1 };
}

/** What moves in Leaflet 1.9 and is left running when its map is removed: it would ask for a pane that is gone. */
interface Running {
  _animatingZoom: boolean;
  scrollWheelZoom: { _timer?: number };
}

class LeafletMap implements MapView {
  readonly name = 'leaflet';
  readonly #map: L.Map;
  readonly #base = L.layerGroup();
  readonly #names = new Map<string, L.Marker>();
  readonly #dots: DotLayer;
  readonly #paths = L.layerGroup();
  readonly #area = L.layerGroup();
  readonly #arrows = new Map<string, L.Marker>();
  readonly #marks = new Map<string, { key: string; marker: L.Marker }>();
  readonly #pin = new Map<string, L.Marker>();
  readonly #ground: L.Canvas;
  readonly #renderer: L.Canvas;

  constructor(
    element: HTMLElement,
    center: Position,
    zoom: number,
    private readonly events: MapEvents,
  ) {
    this.#map = L.map(element, {
      attributionControl: false, zoomControl: false, zoomSnap: 0.25, keyboard: false, maxZoom: 18, minZoom: 5,
      fadeAnimation: false, zoomAnimation: !still(), markerZoomAnimation: !still(), preferCanvas: true,
    }).setView(at(center), zoom + OFFSET);
    for (const [pane, order] of [['ground', 250], ['things', 350]] as const) {
      this.#map.createPane(pane).style.zIndex = String(order);
    }
    this.#ground = L.canvas({ padding: 0.3, pane: 'ground' });
    this.#renderer = L.canvas({ padding: 0.3, pane: 'things' });
    this.#dots = new DotLayer(this.#renderer);
    for (const layer of [this.#base, this.#dots, this.#area, this.#paths]) layer.addTo(this.#map);
    this.#map.on('click', ({ latlng }) => this.events.pressed([latlng.lng, latlng.lat]));
    this.#map.on('zoomend', () => this.events.zoomed());
    this.#map.on('moveend zoomend', () => this.#settled());
  }

  #settled(): void {
    requestAnimationFrame(() => requestAnimationFrame(() => this.events.idle()));
  }

  zoom(): number {
    return this.#map.getZoom() - OFFSET;
  }

  base(map: FeatureCollection, theme: Theme): void {
    this.#base.clearLayers();
    this.#map.getContainer().style.background = BASE[theme].land;
    const order: Layer[] = ['boundary', 'unit', 'park', 'water', 'road'];
    const sorted = [...map.features].sort((a, b) => order.indexOf(layerOf(a.properties)) - order.indexOf(layerOf(b.properties)));
    L.geoJSON({ ...map, features: sorted } as FeatureCollection, {
      interactive: false,
      style: (feature) => (feature ? { ...styleOf(layerOf(feature.properties), feature.geometry, theme), renderer: this.#ground } : {}),
    }).addTo(this.#base);
    this.#settled();
  }

  async tiles(): Promise<Shown> {
    return 'cannot';
  }

  /** Keeps what looks the same, takes away what is gone, makes what is new. */
  #renew<T>(shown: Map<string, L.Marker>, wanted: Map<string, T>, make: (one: T) => L.Marker): void {
    for (const [key, marker] of shown) {
      if (wanted.has(key)) continue;
      marker.remove();
      shown.delete(key);
    }
    for (const [key, one] of wanted) if (!shown.has(key)) shown.set(key, make(one).addTo(this.#map));
  }

  names(names: Name[]): void {
    const wanted = new Map(names.map((name) => [`${name.text}|${name.position.join()}`, name]));
    this.#renew(this.#names, wanted, ({ position, text }) => {
      const html = document.createElement('span');
      html.textContent = text;
      const icon = L.divIcon({ html, className: 'place', iconSize: [0, 0] });
      return L.marker(at(position), { interactive: false, keyboard: false, icon, zIndexOffset: -10_000 });
    });
  }

  arrows(arrows: Arrow[]): void {
    this.#renew(this.#arrows, new Map(arrows.map((one) => [arrowKey(one), one])), (one) => {
      const icon = L.divIcon({ html: arrowElement(one), className: 'holder', iconSize: [0, 0] });
      return L.marker(at(one.position), { keyboard: false, icon, zIndexOffset: -5000 });
    });
  }

  pin(position: Position | null): void {
    const icon = L.divIcon({ html: pinElement(), className: 'holder', iconSize: [0, 0] });
    const make = (place: Position) => L.marker(at(place), { interactive: false, keyboard: false, icon, zIndexOffset: 90_000 });
    this.#renew(this.#pin, new Map(position ? [[position.join(), position]] : []), make);
  }

  area(ring: Position[]): void {
    this.#area.clearLayers();
    if (ring.length) {
      const style = { renderer: this.#renderer, color: AREA, weight: 1.5, dashArray: '5 4', fillColor: AREA, fillOpacity: 0.14, interactive: false };
      L.polygon(ring.map(at), style).addTo(this.#area);
    }
    this.#settled();
  }

  dots(dots: Dot[]): void {
    this.#dots.set(dots);
    this.#settled();
  }

  marks(marks: Mark[]): void {
    const kept = new Set(marks.map(({ id }) => id));
    for (const [id, { marker }] of this.#marks) if (!kept.has(id)) this.#drop(id, marker);
    for (const mark of marks) {
      const key = markKey(mark);
      const old = this.#marks.get(mark.id);
      if (old?.key === key) continue;
      if (old) this.#drop(mark.id, old.marker);
      const icon = L.divIcon({ html: markElement(mark, this.events.chosen), className: 'holder', iconSize: [0, 0] });
      const marker = L.marker(at(mark.position), { icon, keyboard: false, zIndexOffset: markOrder(mark) * 10_000 }).addTo(this.#map);
      this.#marks.set(mark.id, { key, marker });
    }
    this.#settled();
  }

  #drop(id: string, marker: L.Marker): void {
    marker.remove();
    this.#marks.delete(id);
  }

  paths(paths: Path[]): void {
    this.#paths.clearLayers();
    for (const { line } of paths) {
      L.polyline(line.map(at), { renderer: this.#renderer, color: PATH, weight: 3, opacity: 0.9, interactive: false }).addTo(this.#paths);
      const end = line.at(-1);
      if (end) L.circleMarker(at(end), { renderer: this.#renderer, radius: 5, color: PATH, weight: 2, fillColor: '#fff', fillOpacity: 1, interactive: false }).addTo(this.#paths);
    }
    this.#settled();
  }

  /** Leaflet forgets what it is asked while a zoom moves. */
  #afterZoom(move: () => void): void {
    if ((this.#map as unknown as Running)._animatingZoom) this.#map.once('zoomend', move);
    else move();
  }

  show(position: Position, atOnce = still()): void {
    this.#afterZoom(() => this.#map.panInside(at(position), { padding: [90, 70], animate: !atOnce }));
  }

  go(position: Position, zoom = 0): void {
    this.#afterZoom(() => this.#map.setView(at(position), Math.max(this.#map.getZoom(), zoom + OFFSET), { animate: !still() }));
  }

  fit(extent: Extent, nearest: number, paddingPx: number, atOnce = still()): void {
    const padding: L.PointTuple = [paddingPx, paddingPx];
    // Without `reset` it would be moved by whole pixels from where it is
    const options = { padding, maxZoom: nearest + OFFSET, animate: !atOnce, reset: atOnce };
    this.#afterZoom(() => this.#map.fitBounds(extent.map(at), options));
  }

  nearer(): void {
    this.#map.zoomIn(1);
  }

  farther(): void {
    this.#map.zoomOut(1);
  }

  resize(): void {
    this.#map.invalidateSize({ animate: false });
  }

  destroy(): void {
    const running = this.#map as unknown as Running;
    running._animatingZoom = false;
    clearTimeout(running.scrollWheelZoom._timer);
    this.#map.remove();
  }
}

/** A Leaflet map in the element. */
export async function makeLeaflet(element: HTMLElement, center: Position, zoom: number, events: MapEvents, sharpness: number): Promise<MapView> {
  // Leaflet knows one and two; it looks when a canvas is made
  (L.Browser as { retina: boolean }).retina = devicePixelRatio * sharpness > 1.1;
  return new LeafletMap(element, center, zoom, events);
}
