import { expect, test } from 'vitest';
import { BASE } from './colours';
import { groundLayers } from './tiles';

const vector = (...layers: string[]) => groundLayers({ source: { type: 'vector' }, layers }, BASE.dark);

test('layers of vector tiles are drawn by what their names say, in the colours of the theme', () => {
  expect(vector('water', 'transportation', 'landuse', 'boundaries', 'buildings').map(({ id, type }) => [id, type])).toEqual([
    ['ground-water', 'fill'], ['ground-water-lines', 'line'], ['ground-transportation-lines', 'line'],
    ['ground-landuse', 'fill'], ['ground-boundaries-lines', 'line'], ['ground-buildings', 'fill'],
  ]);
  expect(vector('water')[0]?.paint).toMatchObject({ 'fill-color': BASE.dark.water });
  expect(vector('pois', 'places')).toEqual([]);
});

test('tiles that are pictures are one faded layer', () => {
  expect(groundLayers({ source: { type: 'raster' }, layers: [] }, BASE.light)).toMatchObject([{ type: 'raster', source: 'ground' }]);
});
