// Counts the tests in vitest's JSON reports: prints "PASSED FAILED". A test may be skipped for want of a service in
// one run; one that no run has run counts as failed, and is named on stderr.

import { readFileSync } from 'node:fs';

const tests = process.argv
  .slice(2)
  .flatMap((path) => JSON.parse(readFileSync(path, 'utf8')).testResults)
  .flatMap((file) => file.assertionResults);
const all = (status) => tests.filter((test) => test.status === status);

const run = new Set([...all('passed'), ...all('failed')].map((test) => test.fullName));
const neverRun = new Set(tests.map((test) => test.fullName).filter((name) => !run.has(name)));
for (const name of neverRun) console.error(`no run has run: ${name}`);
console.log(all('passed').length, all('failed').length + neverRun.size);
