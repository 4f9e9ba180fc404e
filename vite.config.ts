import { defineConfig } from 'vite';

// GraphiQL, bundled whole: the server sends it from dist/web/graphiql, so it works without the internet.
export default defineConfig({
  root: 'src/web/graphiql',
  base: '/graphiql/',
  build: { outDir: '../../../dist/web/graphiql', emptyOutDir: true, chunkSizeWarningLimit: 5000 },
});
