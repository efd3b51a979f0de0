/** In the place of fflate, which pmtiles asks only where a browser has no DecompressionStream: all that draw MapLibre have. */
export function decompressSync(): never {
  throw new Error('this browser cannot unpack tiles');
}
