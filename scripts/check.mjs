// `npm run check`: static checks. Every check runs, whatever the results of those before it.

import { spawnSync } from 'node:child_process';
import { bin, ready } from './ready.mjs';

// Built first: the examples import the client by its package entry, which is built code.
await ready('build');

const checks = {
  'generates from scratch': ['scripts/ready.mjs', 'generate', '--fresh'],
  'types hold': [bin('typescript'), '-p', 'tsconfig.json'],
  'types hold in the page': [bin('typescript'), '-p', 'src/web/page'],
  'types hold in GraphiQL': [bin('typescript'), '-p', 'src/web/graphiql'],
  'formatted, and no lint': [bin('@biomejs/biome'), 'check', '--error-on-warnings'],
  'migrations lead to the schema': [bin('vitest'), 'run', 'test/storage/drift.test.ts'],
  'imports follow the architecture': [bin('vitest'), 'run', 'test/architecture.test.ts'],
  'the documents say what is there': [bin('vitest'), 'run', 'test/documents.test.ts'],
  'the page is small': ['scripts/page-size.mjs'],
};

const results = [...Object.entries(checks).map(([name, args]) => passes(name, args)), noAdvisories()];
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} checks passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function passes(name, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  console.log(`${status === 0 ? '✓' : '✗'} ${name}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}

/** Security advisories for the packages that a user installs. Passes when the registry does not answer. */
function noAdvisories() {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 60_000,
  });
  const found = advisories(stdout);
  const name = 'no advisories against the dependencies';
  if (found === null) console.log(`- ${name}: not reachable`);
  else console.log(`${found.length === 0 ? '✓' : '✗'} ${[name, ...found].join('\n    ')}`);
  return found === null || found.length === 0;
}

/** Null: the registry returned no report. */
function advisories(report) {
  try {
    const { vulnerabilities } = JSON.parse(report);
    return vulnerabilities
      ? Object.values(vulnerabilities).map(({ name, severity, range }) => `${name} ${range}: ${severity}`)
      : null;
  } catch {
    return null;
  }
}
