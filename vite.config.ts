import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import { precompress } from './scripts/precompress.js';

/** Two pages, each bundled whole, so that both work without the internet: `vite build --mode page`, `--mode graphiql`. */
const base: Readonly<Record<string, string>> = { page: '/', graphiql: '/graphiql/' };

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

export default defineConfig(({ mode }) => ({
  root: `src/web/${mode}`,
  base: base[mode] ?? '/',
  // What the page compares with the version that the server says it has.
  define: { __STEPCAST_VERSION__: JSON.stringify(version) },
  resolve: { alias: { 'stepcast/client': new URL('src/client/index.ts', import.meta.url).pathname } },
  plugins: [precompress()],
  build: {
    outDir: `../../../dist/web/${mode}`,
    emptyOutDir: true,
    chunkSizeWarningLimit: 5000,
    // A strict content security policy allows neither inline files nor inline scripts.
    ...(mode === 'page' && { assetsInlineLimit: 0, modulePreload: { polyfill: false }, target: 'es2023' }),
  },
}));
