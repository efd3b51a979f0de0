import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// The API serves dist/ under a strict policy: no inline script or style, no data: address. Short class names and one
// sheet of style weigh less than one for each screen; all of it together is 9 KB; that no two components got
// the same class is held by tests/console/test_vitest.py. What libraries only log or warn of is
// left out, their errors stay.
export default defineConfig({
  base: '/',
  plugins: [svelte({ compilerOptions: { cssHash: ({ hash, filename }) => `_${hash(filename).slice(-3)}` } })],
  build: {
    rolldownOptions: { treeshake: { manualPureFunctions: ['console.log', 'console.warn'] } },
    target: 'es2022',
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { '/v1': process.env.SOC_API ?? 'http://127.0.0.1:8000' } },
  resolve: {
    alias: {
      // from its source: what its package has built is lowered to an older JavaScript, a quarter more
      pmtiles: fileURLToPath(new URL('./node_modules/pmtiles/src/index.ts', import.meta.url)),
      fflate: fileURLToPath(new URL('./src/lib/map/unpacking.ts', import.meta.url)),
    },
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'], pool: 'vmThreads' },
});
