// A plugin in miniature, in a process of its own: `plugin.mjs <scenario> <options as JSON>`. It says on stdout how far it has
// come, and goes on when it is told to on stdin.

import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createClient } from '../../dist/client/index.js';

const [scenario, json] = process.argv.slice(2);
const { url, until, units = ['a', 'b'], step = {}, ...operation } = JSON.parse(json);
const reporter = createClient({ url }).reporter();
const lines = createInterface(process.stdin)[Symbol.asyncIterator]();

const say = (line) => console.log(line);
const told = () => lines.next();
const reported = async (line) => {
  await reporter.flush(600_000);
  say(line);
};
const nothing = async () => {};
/** What keeps the whole process busy: nothing else happens in it. */
const block = () => {
  while (!existsSync(until));
};

/** One unit; what is said in between; the others. */
const inParts = (between) => () =>
  reporter.operation({ type: 'CREATING', steps: [], ...operation }, (performed) =>
    performed.step('work', { total: units.length }, async (step) => {
      const [first, ...others] = units;
      await step.unit({ instanceId: first }, nothing);
      await between();
      for (const instanceId of others) await step.unit({ instanceId }, nothing);
    }),
  );

const scenarios = {
  waiting: inParts(async () => {
    await reported('half');
    await told();
  }),
  blocked: inParts(async () => {
    await reported('half');
    block();
  }),
  sharing: () =>
    reporter.startOperation({ type: 'CREATING', ...operation }).step('shared', step, async (shared) => {
      for (const instanceId of units) await shared.unit({ instanceId }, nothing);
      await reported('half');
      await told();
      await shared.unit({ instanceId: `${units[0]}-last` }, nothing);
    }),
  exiting: async () => {
    await inParts(nothing)();
    process.exit(7);
  },
  ending: inParts(nothing),
  rejecting: inParts(async () => {
    Promise.reject(new Error('nobody handles this'));
    await told();
  }),
};

await scenarios[scenario]();
if (scenario !== 'ending') await reported('done');
process.stdin.destroy();
