import { defineConfig } from 'vitest/config';

// Every test file starts its own server and database on free ports, so files may run side by side.
export default defineConfig({
  // Vite would take graphql's ES modules for our files, Node its CommonJS for our dependencies: one schema, two graphqls.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/global.ts',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
