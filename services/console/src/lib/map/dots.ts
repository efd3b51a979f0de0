/** Thousands of sensors as one layer of Leaflet's canvas: an object each would take longer to make than to draw. */
import * as L from 'leaflet';
import { DOT, OPACITY } from './colours';
import type { Dot, SensorState } from './view';

/** What a layer of Leaflet 1.9's canvas is asked for. */
interface Inside {
  _map: L.Map;
  _renderer: { _ctx: CanvasRenderingContext2D; _drawing: boolean };
  _pxBounds: L.Bounds;
}

const REACH_PX = 4;
const LARGEST_PX = 7;
const radiusOf = ({ count }: Dot) => Math.min(LARGEST_PX, 2.6 + Math.log2(count) * 0.9);

export class DotLayer extends L.Path {
  #dots: Dot[] = [];
  #points: L.Point[] = [];

  constructor(renderer: L.Renderer) {
    super();
    L.Util.setOptions(this, { renderer, stroke: false, interactive: true });
    this.bindTooltip('', { sticky: true });
    this.on('mousemove', ({ latlng }: L.LeafletMouseEvent) => this.#tell(latlng));
  }

  get #inside(): Inside {
    return this as unknown as Inside;
  }

  /** The worst come last and lie on top. */
  set(dots: Dot[]): void {
    this.#dots = dots;
    if (!this.#inside._map) return;
    this._project();
    this.redraw();
  }

  _project(): void {
    const map = this.#inside._map;
    this.#points = this.#dots.map(({ position: [lon, lat] }) => map.latLngToLayerPoint([lat, lon]));
    const { min, max } = L.bounds(this.#points.length ? this.#points : [L.point(0, 0)]);
    const margin = L.point(LARGEST_PX, LARGEST_PX);
    if (min && max) this.#inside._pxBounds = L.bounds(min.subtract(margin), max.add(margin));
  }

  _update(): void {
    if (this.#inside._map) this._updatePath();
  }

  _updatePath(): void {
    const { _ctx: context, _drawing: drawing } = this.#inside._renderer;
    if (!drawing) return;
    for (const state of Object.keys(DOT) as SensorState[]) {
      context.beginPath();
      this.#dots.forEach((dot, index) => {
        if (dot.state === state) circle(context, this.#points[index] as L.Point, radiusOf(dot));
      });
      context.globalAlpha = OPACITY[state];
      context.fillStyle = DOT[state];
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** The dot under a point of the layer, the one drawn last where several are. */
  #under(point: L.Point): Dot | null {
    const index = this.#points.findLastIndex((one, at) => one.distanceTo(point) <= radiusOf(this.#dots[at] as Dot) + REACH_PX);
    return this.#dots[index] ?? null;
  }

  _containsPoint(point: L.Point): boolean {
    return this.#under(point) !== null;
  }

  #tell(place: L.LatLng): void {
    const dot = this.#under(this.#inside._map.latLngToLayerPoint(place));
    if (dot) this.setTooltipContent(dot.count > 1 ? `${dot.name} +${dot.count - 1}` : dot.name);
  }
}

function circle(context: CanvasRenderingContext2D, { x, y }: L.Point, radius: number): void {
  context.moveTo(x + radius, y);
  context.arc(x, y, radius, 0, 2 * Math.PI);
}
