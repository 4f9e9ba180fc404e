import { styleText } from 'node:util';
import type {
  Cluster,
  ErrorGroup,
  Event,
  FollowState,
  Operation,
  ServerClock,
  Step,
  StepState,
} from '../client/index.js';
import type { Screen } from './screen.js';
import { oneLine, printable, shortly } from './text.js';

/** What screens say of an operation, in styled lines. */
export const waitingLine = ({ name }: Cluster) =>
  styleText('dim', `… waiting for an operation of ${oneLine(name)} to begin`);

export const titleLine = (operation: Operation, cluster: Cluster) => styleText('bold', titleOf(operation, cluster));

const titleOf = ({ type }: Operation, { name }: Cluster) => `${type.toLowerCase()} ${oneLine(name)}`;

export function endLine(operation: Operation, cluster: Cluster): string {
  const { state, reason, startedAt, completedAt } = operation;
  const took = completedAt ? ` in ${shortly(Date.parse(completedAt) - Date.parse(startedAt))}` : '';
  const why = reason === null ? '' : `: ${oneLine(reason)}`;
  const color = state === 'SUCCEEDED' ? 'green' : state === 'CANCELLED' ? 'yellow' : 'red';
  return styleText(['bold', color], `${titleOf(operation, cluster)}: ${state.toLowerCase()}${took}${why}`);
}

const marks: Record<StepState, string> = {
  PENDING: styleText('dim', '·'),
  RUNNING: styleText('cyan', '▸'),
  SUCCEEDED: styleText('green', '✓'),
  FAILED: styleText('red', '✗'),
  SKIPPED: styleText('dim', '–'),
  CANCELLED: styleText('dim', '✗'),
};

export function stepLine(step: Step, clock: ServerClock): string {
  const { state, stepName, summary, startedAt, duration } = step;
  if (state === 'SKIPPED') return `${marks[state]} ${styleText('dim', `${oneLine(stepName)} skipped`)}`;
  const elapsed = duration ?? (startedAt ? clock.since(startedAt) : 0);
  const line = `${marks[state]} ${oneLine(summary)}`;
  return state === 'SUCCEEDED' && elapsed >= wholeSeconds
    ? line
    : `${line} ${styleText('dim', `(${shortly(elapsed)})`)}${outlook(step, clock)}`;
}

/** P2, P3: what stands still, or how long it may take yet. */
function outlook({ stalledSince, stall, estimate }: Step, clock: ServerClock): string {
  if (stalledSince) {
    const words = stall === 'NO_PROGRESS' ? 'alive, but no progress' : 'nothing heard';
    return styleText('yellow', `, ${words} for ${shortly(clock.since(stalledSince))}`);
  }
  const left = estimate ? clock.until(estimate.completionAt) : 0;
  return left > 0 ? styleText('dim', `, about ${shortly(left)} left`) : '';
}

/** Milliseconds from which the sentence about a step that succeeded, which has whole seconds, says how long it took well enough. */
const wholeSeconds = 10_000;

export function failureLines({ instanceName, instanceId, errorId, eventInfo }: Event, { stepName }: Step): string {
  const instance = instanceName ?? instanceId;
  const where = instance === null ? '' : ` on ${oneLine(instance)}`;
  const title = styleText('red', `  ✗ ${oneLine(stepName)} failed${where}, error id ${oneLine(errorId ?? 'none')}`);
  const lines = printable(eventInfo ?? 'no reason was given')
    .trimEnd()
    .split('\n');
  return [title, ...lines.map((line) => `      ${line}`)].join('\n');
}

/** The most of the groups that are shown; the log has the rest. */
const mostCauses = 5;

export function causeLines(groups: readonly ErrorGroup[]): string {
  const lines = groups
    .slice(0, mostCauses)
    .flatMap(({ message, raisedIn, units, knownCause }) => [
      `  ${styleText('red', `${units} ×`)} ${oneLine(message)}${raisedIn === null ? '' : styleText('dim', ` in ${oneLine(raisedIn)}`)}`,
      ...(knownCause ? [`      ${knownLine(knownCause)}`] : []),
    ]);
  const rest = groups.length - mostCauses;
  return [
    'Why it failed:',
    ...lines,
    ...(rest > 0 ? [`  and ${rest} more ${rest === 1 ? 'cause' : 'causes'}`] : []),
  ].join('\n');
}

const knownLine = ({ title, hint, link }: NonNullable<ErrorGroup['knownCause']>) =>
  [title, hint, link].flatMap((text) => (text === null ? [] : oneLine(text))).join(' – ');

export const deletedLine = ({ name }: Cluster) => styleText(['bold', 'red'], `${oneLine(name)} was deleted`);

export function connectionLine({ status, since }: FollowState): string {
  const time = since.toISOString();
  if (status === 'stale') return styleText('yellow', `… connection lost, last update at ${time}`);
  if (status === 'signed-out')
    return styleText('yellow', `… the token is not accepted any more, last update at ${time}; waiting for another`);
  if (status === 'polling') return styleText('dim', `… no websocket gets through: asking every 2 s since ${time}`);
  return styleText('dim', `… ${status === 'live' ? 'live again' : status} at ${time}`);
}

/** What every screen of lines says, each in a line of its own, with an empty one between operations. */
export function lineByLine(print: (line: string) => void): Omit<Screen, 'step' | 'close'> {
  let gap = '';
  return {
    waiting: (cluster) => print(waitingLine(cluster)),
    begun(operation, cluster) {
      print(`${gap}${titleLine(operation, cluster)}`);
      gap = '\n';
    },
    ended: (operation, cluster) => print(endLine(operation, cluster)),
    causes: (groups) => print(causeLines(groups)),
    failure: (event, step) => print(failureLines(event, step)),
    deleted: (cluster) => print(deletedLine(cluster)),
    connection: (state) => print(connectionLine(state)),
  };
}
