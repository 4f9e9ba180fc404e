// Counts the tests in vitest's JSON reports: prints "PASSED FAILED". A test may be skipped for want of a service in
// one run; one that no run has run counts as failed. Each that failed is named on stderr, with its reason.

import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';

const tests = process.argv.slice(2).flatMap((path) =>
  JSON.parse(readFileSync(path, 'utf8')).testResults.flatMap((file) => [
    ...file.assertionResults.map((test) => ({ ...test, file: file.name, suite: basename(path, '.json') })),
    // A file that could not be loaded has no tests to fail.
    ...(file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')
      ? [
          {
            status: 'failed',
            fullName: '(the file itself)',
            failureMessages: [file.message],
            file: file.name,
            suite: basename(path, '.json'),
          },
        ]
      : []),
  ]),
);
const all = (status) => tests.filter((test) => test.status === status);

for (const { suite, file, fullName, failureMessages } of all('failed')) {
  console.error(`failed: ${suite}: ${relative('.', file)}: ${fullName}`);
  for (const message of failureMessages)
    console.error(message.split('\n').slice(0, 12).join('\n').replace(/^/gm, '  '));
}

const run = new Set([...all('passed'), ...all('failed')].map((test) => test.fullName));
const neverRun = new Set(tests.map((test) => test.fullName).filter((name) => !run.has(name)));
for (const name of neverRun) console.error(`no run has run: ${name}`);
console.log(all('passed').length, all('failed').length + neverRun.size);
