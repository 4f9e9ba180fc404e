import { defineConfig } from 'vitest/config';

/**
 * `npm test` tries the rules, the API and the SDK; `npm run test:reliability` the parts beneath them, and whatever starts
 * servers by the dozen, tries thousands of orders, or waits for what only time brings.
 */
const slow = [
  'test/{bus,e2e,fanout,interop,page,reliability,storage,transport,witness}/**/*.test.ts',
  'test/admin/keys.test.ts',
  'test/causes/{counting,hostile,recount.property}.test.ts',
  'test/cli/follow.test.ts',
  'test/client/{client,cluster-list,follower,polling,processes,proxy,reporter,reporting,tokens,units}.test.ts',
  'test/domain/{counters.property,operations.property,estimate/accuracy}.test.ts',
  'test/graphql/{batching,log-filters,texts}.test.ts',
  'test/rest/{errors,reading}.test.ts',
  'test/rules/{attacks,forgetting,leases,log,progress,recount.property,same-ids,stalls}.test.ts',
];

// Every test file starts its own server and database on free ports, so files may run side by side.
export default defineConfig({
  // Vite would take graphql's ES modules for our files, Node its CommonJS for our dependencies: one schema, two graphqls.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    globalSetup: 'test/support/global.ts',
    // Deadlines of what hangs, not measures of speed: all cores may be busy with something else.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'main', include: ['test/**/*.test.ts'], exclude: slow } },
      { extends: true, test: { name: 'reliability', include: slow } },
    ],
  },
});
