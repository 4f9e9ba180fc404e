// `npm run check`: everything that is not behaviour. Each check runs, whatever the ones before it said.

import { spawnSync } from 'node:child_process';
import { bin, ready } from './ready.mjs';

// Built first: the examples take the client from its package entry, which is what was built.
await ready('build');

const checks = {
  'generates from scratch': ['scripts/ready.mjs', 'generate', '--fresh'],
  'types hold': [bin('typescript'), '-p', 'tsconfig.json'],
  'types hold in GraphiQL': [bin('typescript'), '-p', 'src/web/graphiql'],
  'formatted, and no lint': [bin('@biomejs/biome'), 'check', '--error-on-warnings'],
  'migrations lead to the schema': [bin('vitest'), 'run', 'test/storage/drift.test.ts'],
  'imports follow the architecture': [bin('vitest'), 'run', 'test/architecture.test.ts'],
};

const failed = Object.entries(checks).filter(([name, args]) => !passes(name, args));
console.log(`${Object.keys(checks).length - failed.length} checks passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

function passes(name, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  console.log(`${status === 0 ? '✓' : '✗'} ${name}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}
