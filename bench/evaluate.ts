// npm run evaluate -- estimates|stalls [--traces FILE] [--history N] [--chosen] [--seed N]
// npm run evaluate -- groups FILE… [--labels FILE]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accuracies } from './accuracy/estimates.js';
import { groupNumbers, mismatches, readMessages } from './accuracy/groups.js';
import { chosen, heldOut } from './accuracy/profiles.js';
import { alarms } from './accuracy/stalls.js';
import { generate, readTraces, type Trace } from './accuracy/traces.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    traces: { type: 'string' },
    /** The cause of each message, one a line. */
    labels: { type: 'string' },
    /** Earlier runs of each generated one. */
    history: { type: 'string', default: '5' },
    /** The runs the constants were chosen with, instead of those they are judged with. */
    chosen: { type: 'boolean', default: false },
    seed: { type: 'string', default: '2026' },
    runs: { type: 'string', default: '150' },
    units: { type: 'string', default: '600' },
  },
});

const evaluations: Readonly<Record<string, (traces: readonly Trace[]) => void>> = {
  estimates: (traces) => {
    console.log('| profile | estimator | 25 % | 50 % | 75 % | within | spoken | jumps |');
    console.log('|---|---|---:|---:|---:|---:|---:|---:|');
    for (const { profile, estimator, errors, within, spoken, jumps } of accuracies(traces)) {
      const cells = errors.map(([middle, worst]) => `${tenths(middle)} / ${tenths(worst)}`);
      const range = within === null ? '' : `${within.toFixed(0)} %`;
      console.log(row(profile, estimator, ...cells, range, `${spoken.toFixed(0)} %`, jumps.toFixed(2)));
    }
  },
  stalls: (traces) => {
    console.log('| profile | rule | runs with a false alarm | delay | longest |');
    console.log('|---|---|---:|---:|---:|');
    for (const { profile, rule, falseAlarms, delay, longestDelay } of alarms(traces)) {
      console.log(
        row(profile, rule, `${falseAlarms.toFixed(1)} %`, `${delay.toFixed(0)} s`, `${longestDelay.toFixed(0)} s`),
      );
    }
  },
};

try {
  const [name = '', ...files] = positionals;
  if (name === 'groups') printGroups(files);
  else evaluateTraces(name, files);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function evaluateTraces(name: string, rest: readonly string[]): void {
  const evaluate = evaluations[name];
  if (!evaluate || rest.length > 0) {
    throw new Error(
      `expected one of ${[...Object.keys(evaluations), 'groups FILE…'].join(', ')}, got ${positionals.join(' ') || 'nothing'}`,
    );
  }
  evaluate(values.traces === undefined ? generated() : readTraces(readFileSync(values.traces, 'utf8')));
}

/** The number of each message's group, one a line; with labels, how the groups differ from these. */
function printGroups(files: readonly string[]): void {
  if (files.length === 0) throw new Error('expected files of messages, one a line, got none');
  const messages = files.flatMap((file) => readMessages(readFileSync(file, 'utf8')));
  const numbers = groupNumbers(messages);
  if (values.labels === undefined) {
    console.log(numbers.join('\n'));
    return;
  }
  const { causes, groups, merged, split } = mismatches(numbers, readMessages(readFileSync(values.labels, 'utf8')));
  console.log(`${messages.length} messages of ${causes} causes: ${groups} groups`);
  for (const together of merged) console.log(`merged: ${together.join(' + ')}`);
  for (const cause of split) console.log(`split: ${cause}`);
}

function generated(): Trace[] {
  const profiles = values.chosen ? chosen : heldOut;
  const count = (name: 'seed' | 'runs' | 'history' | 'units') => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= 0) return number;
    throw new Error(`expected --${name} to be a whole number, got ${values[name]}`);
  };
  return generate({
    profiles,
    seed: count('seed'),
    runs: count('runs'),
    history: count('history'),
    units: count('units'),
  });
}

function tenths(percent: number): string {
  if (Number.isNaN(percent)) return 'none';
  return percent < 1000 ? percent.toFixed(1) : '> 1000';
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
