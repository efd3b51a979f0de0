/** Which map: MapLibre where a graphics card draws WebGL2, else Leaflet on canvas. */
import type { MakeMap } from './view';

const SOFTWARE = /swiftshader|llvmpipe|software|basic render|mesa offscreen/i;

/** Whether WebGL2 is there and not drawn by the processor. */
export function hasGraphicsCard(make = () => document.createElement('canvas')): boolean {
  const gl = make().getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(renderer);
}

/** The maker of the map; only the chosen library is loaded. */
export async function chooseMap(wish: 'auto' | 'maplibre' | 'leaflet'): Promise<MakeMap> {
  if (wish === 'maplibre' || (wish === 'auto' && hasGraphicsCard())) {
    const { makeMapLibre } = await import('./maplibre');
    return (...place) =>
      makeMapLibre(...place).catch(async () => (await import('./leaflet')).makeLeaflet(...place));
  }
  return (await import('./leaflet')).makeLeaflet;
}
