/** An operator's own tiles as the ground under the city's layers. */
import type { AddProtocolAction, LayerSpecification, SourceSpecification } from 'maplibre-gl';
import type { Look } from './colours';

export interface Tiles {
  source: SourceSpecification;
  /** The layers of vector tiles; empty for pictures. */
  layers: string[];
}

/** By the names that the usual schemas give their layers; what is none of these is not drawn. */
const KINDS: [RegExp, 'water' | 'road' | 'park' | 'boundary' | 'minor'][] = [
  [/water|ocean|river|lake/, 'water'],
  [/road|street|transport|highway|rail/, 'road'],
  [/park|green|wood|land_?use|land_?cover|natural/, 'park'],
  [/boundar|admin/, 'boundary'],
  [/build/, 'minor'],
];
const GROUND = 'ground';
/** Pictures are made for paper or screens of their own; marks and names must stand out. */
const FADED = 0.55;

/** How the tiles are drawn, the lowest first. */
export function groundLayers({ layers }: Tiles, look: Look): LayerSpecification[] {
  if (layers.length === 0) return [{ id: GROUND, type: 'raster', source: GROUND, paint: { 'raster-opacity': FADED } }];
  return layers.flatMap((name): LayerSpecification[] => {
    const kind = KINDS.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
    if (!kind) return [];
    const of = { source: GROUND, 'source-layer': name };
    const line = { id: `${GROUND}-${name}-lines`, type: 'line' as const, ...of, paint: { 'line-color': look[kind], 'line-width': kind === 'road' ? 0.8 : 1 } };
    if (kind === 'road' || kind === 'boundary') return [line];
    const fill = { id: `${GROUND}-${name}`, type: 'fill' as const, ...of, filter: ['==', ['geometry-type'], 'Polygon'] as never, paint: { 'fill-color': look[kind], 'fill-opacity': kind === 'water' ? 1 : 0.6 } };
    return kind === 'water' ? [fill, { ...line, filter: ['==', ['geometry-type'], 'LineString'] as never }] : [fill];
  });
}

/** What the file says of itself; the reader is only loaded for it. Rejects where it is no PMTiles file. */
export async function openTiles(address: string, add: (scheme: string, read: AddProtocolAction) => void): Promise<Tiles> {
  const { PMTiles, Protocol, TileType } = await import('pmtiles');
  const file = new PMTiles(new URL(address, location.origin).href);
  const protocol = new Protocol();
  protocol.add(file);
  add('pmtiles', protocol.tile);
  const { tileType } = await file.getHeader();
  const url = `pmtiles://${file.source.getKey()}`;
  if (tileType !== TileType.Mvt) return { source: { type: 'raster', url, tileSize: 256 }, layers: [] };
  const { vector_layers: layers = [] } = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  return { source: { type: 'vector', url }, layers: layers.map(({ id }) => id) };
}
