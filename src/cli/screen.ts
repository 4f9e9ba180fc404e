import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Cluster, Event, FollowState, Operation, Step, StepState } from '../client/index.js';
import { oneLine, printable, shortly } from './text.js';

/** Where a watched operation is shown. */
export interface Screen {
  /** An operation begins to be shown. */
  begun(operation: Operation, cluster: Cluster): void;
  ended(operation: Operation, cluster: Cluster): void;
  /** A step has changed. `settled`: it will not change any more; until then it is the current one. */
  step(step: Step, settled: boolean): void;
  failure(event: Event, step: Step): void;
  connection(state: FollowState): void;
}

/** Lines appended one by one: for files and pipes. The current step's line comes again with every tenth of its units. */
export function plainScreen(out: Writable): Screen {
  const print = (line: string) => out.write(`${stripVTControlCharacters(line)}\n`);
  let last = '';
  return {
    begun: (operation, cluster) => print(styleText('bold', titleOf(operation, cluster))),
    ended: (operation, cluster) => print(endLine(operation, cluster)),
    step(step, settled) {
      const tenth = step.total ? Math.floor((10 * step.completed) / step.total) : 0;
      const now = `${step.id} ${step.state} ${settled || tenth}`;
      if (now !== last) print(stepLine(step));
      last = now;
    },
    failure: (event, step) => print(failureLines(event, step)),
    connection: (state) => print(connectionLine(state)),
  };
}

/** The current step's line is refreshed in place, below all that stays. */
export function terminalScreen(out: WriteStream): Screen {
  let current = '';
  // Some terminals do not tell.
  const width = () => out.columns || 80;
  const clear = () => current && out.write('\r\u001b[2K');
  const show = (line: string) => {
    clear();
    // A line that wraps could not be taken back.
    const plain = stripVTControlCharacters(line);
    current = plain.length < width() ? line : plain.slice(0, width() - 1);
    out.write(current);
  };
  const print = (line: string) => {
    clear();
    out.write(`${line}\n${current}`);
  };
  return {
    begun: (operation, cluster) => print(styleText('bold', titleOf(operation, cluster))),
    ended: (operation, cluster) => print(endLine(operation, cluster)),
    step(step, settled) {
      if (!settled) return show(stepLine(step));
      clear();
      current = '';
      print(stepLine(step));
    },
    failure: (event, step) => print(failureLines(event, step)),
    connection: (state) => print(connectionLine(state)),
  };
}

const titleOf = ({ type }: Operation, { name }: Cluster) => `${type.toLowerCase()} ${oneLine(name)}`;

function endLine(operation: Operation, cluster: Cluster): string {
  const { state, startedAt, completedAt } = operation;
  const took = completedAt ? ` in ${shortly(Date.parse(completedAt) - Date.parse(startedAt))}` : '';
  const color = state === 'SUCCEEDED' ? 'green' : 'red';
  return styleText(['bold', color], `${titleOf(operation, cluster)}: ${state.toLowerCase()}${took}`);
}

const marks: Record<StepState, string> = {
  PENDING: styleText('dim', '·'),
  RUNNING: styleText('cyan', '▸'),
  SUCCEEDED: styleText('green', '✓'),
  FAILED: styleText('red', '✗'),
  SKIPPED: styleText('dim', '–'),
};

function stepLine({ state, stepName, summary, startedAt, duration }: Step): string {
  if (state === 'SKIPPED') return `${marks[state]} ${styleText('dim', `${oneLine(stepName)} skipped`)}`;
  const elapsed = duration ?? (startedAt ? Math.max(0, Date.now() - Date.parse(startedAt)) : 0);
  return `${marks[state]} ${oneLine(summary)} ${styleText('dim', `(${shortly(elapsed)})`)}`;
}

function failureLines({ instanceName, instanceId, errorId, eventInfo }: Event, { stepName }: Step): string {
  const where = oneLine(instanceName ?? instanceId ?? 'the whole cluster');
  const title = styleText('red', `  ✗ ${oneLine(stepName)} failed on ${where}, error id ${oneLine(errorId ?? 'none')}`);
  const lines = printable(eventInfo ?? 'no reason was given')
    .trimEnd()
    .split('\n');
  return [title, ...lines.map((line) => `      ${line}`)].join('\n');
}

function connectionLine({ status, since }: FollowState): string {
  const time = since.toISOString();
  if (status === 'stale') return styleText('yellow', `… connection lost: this is how things were at ${time}`);
  return styleText('dim', `… ${status === 'live' ? 'live again' : status} at ${time}`);
}
