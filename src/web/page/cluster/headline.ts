import type { Operation, Step } from 'stepcast/client';
import { inWords } from '../ui/durations.js';
import { type Look, operationLook } from '../ui/state.js';
import { doing, done } from '../ui/state-words.js';
import { firstLine } from '../ui/text.js';
import { failures, left, nameOf, roughly } from './words.js';

/** What a headline tells of. */
export interface Subject {
  readonly operation: Operation | null;
  /** The operation's. */
  readonly steps: readonly Step[];
  /** The cluster was deleted; `at` is null when it is not known when. */
  readonly deleted: { readonly at: string | null } | null;
  /** Milliseconds that such an operation took in the median of earlier runs. */
  readonly usual?: number | null;
}

export interface Headline {
  /** `idle`: nothing has ever been done to the cluster. */
  readonly look: Look | 'idle' | 'deleted';
  /** What is the matter, such as `Waiting for ssh: 1 of 1000 instances failed`. Null when nothing is. */
  readonly matter: string | null;
  /** How far, and until when: `Creating – running for 12 min – step 5 of 9 – about 9 min left (7 to 14)`. */
  readonly sentence: string;
}

/**
 * How an operation stands, in words. `now` is the server's time in milliseconds, null while the page is not current:
 * nothing that counts is said then. `clock` writes a time of day.
 */
export function headline(subject: Subject, now: number | null, clock: (time: string) => string): Headline {
  const { operation, steps, deleted } = subject;
  if (deleted) {
    const last = operation && operation.state !== 'RUNNING' ? ended(subject, operation, clock) : null;
    const matter = deleted.at ? `This cluster was deleted at ${clock(deleted.at)}` : 'This cluster was deleted';
    return { look: 'deleted', matter, sentence: last ? `Before: ${last}` : 'This is its last state' };
  }
  if (!operation) return { look: 'idle', matter: null, sentence: 'No operation has begun yet' };
  const look = operationLook(operation, steps);
  const isRunning = operation.state === 'RUNNING';
  return {
    look,
    matter: matterOf(operation, steps, now, clock),
    sentence: isRunning ? running(operation, steps, now, clock) : ended(subject, operation, clock),
  };
}

function running(operation: Operation, steps: readonly Step[], now: number | null, clock: Clock): string {
  const since =
    now === null
      ? `began at ${clock(operation.startedAt)}`
      : `running for ${roughly(now - Date.parse(operation.startedAt))}`;
  const parts = [doing[operation.type], since, howFar(steps)];
  if (now !== null && operation.estimate) parts.push(left(operation.estimate, now));
  return parts.join(' – ');
}

function howFar(steps: readonly Step[]): string {
  if (steps.length === 0) return 'no steps are planned yet';
  const begun = steps.findLastIndex(({ startedAt }) => startedAt !== null) + 1;
  const all = steps.length === 1 ? '1 step' : `${steps.length} steps`;
  if (begun === 0) return `nothing was reported yet, ${all} planned`;
  if (steps.every(({ state }) => state === 'SUCCEEDED')) return `${all} done`;
  return `step ${begun} of ${steps.length}`;
}

function ended({ usual }: Subject, operation: Operation, clock: Clock): string {
  const duration = operation.duration ?? 0;
  const took = inWords(duration);
  const at = operation.completedAt ? ` – at ${clock(operation.completedAt)}` : '';
  const why = operation.reason ? `: ${firstLine(operation.reason)}` : '';
  switch (operation.state) {
    case 'SUCCEEDED':
      return `${done[operation.type]} in ${took}${compared(duration, usual)}${at}`;
    case 'CANCELLED':
      return `${doing[operation.type]} – cancelled after ${took}${at}${why}`;
    case 'INTERRUPTED':
      return `${doing[operation.type]} – interrupted after ${took}${at}`;
    default:
      return `${doing[operation.type]} – failed after ${took}${at}${why}`;
  }
}

/** Against earlier runs, where it differs by a tenth, and by more than seconds. */
function compared(duration: number, usual: number | null | undefined): string {
  if (!usual) return '';
  const difference = Math.abs(duration - usual);
  if (difference < usual / 10 || difference < 5_000) return '';
  return ` – ${roughly(difference)} ${duration < usual ? 'faster' : 'slower'} than usual`;
}

function matterOf(operation: Operation, steps: readonly Step[], now: number | null, clock: Clock): string | null {
  const matters = [
    stalledMatter(operation, steps, now, clock),
    interruptedMatter(operation),
    failedMatter(operation, steps),
  ].filter((matter) => matter !== null);
  return matters.length > 0 ? matters.join(' – ') : null;
}

function stalledMatter(operation: Operation, steps: readonly Step[], now: number | null, clock: Clock): string | null {
  if (operation.state !== 'RUNNING' || operation.stalledSince === null) return null;
  const step = steps.find(({ stalledSince }) => stalledSince !== null);
  const since = step?.stalledSince ?? operation.stalledSince;
  const what = step?.stall === 'NO_PROGRESS' ? 'no progress' : 'no sign of life';
  const long = now === null ? `since ${clock(since)}` : `for ${roughly(now - Date.parse(since))}`;
  return `${step ? `${nameOf(step)} is stalled` : 'Stalled'}: ${what} ${long}`;
}

function interruptedMatter({ state, reason }: Operation): string | null {
  if (state !== 'INTERRUPTED') return null;
  return reason === null ? 'Interrupted' : `Interrupted: ${firstLine(reason)}`;
}

/** The first step that has failed, since what follows may follow from it. */
function failedMatter(operation: Operation, steps: readonly Step[]): string | null {
  const lastBegun = steps.findLastIndex(({ startedAt }) => startedAt !== null);
  const failed = steps.filter((step, index) => {
    // That of the step which was interrupted says just that.
    if (operation.state === 'INTERRUPTED' && index === lastBegun) return false;
    return step.failed > 0 || step.state === 'FAILED';
  });
  const [first] = failed;
  if (!first)
    return operation.state === 'FAILED' ? `Failed: ${firstLine(operation.reason ?? 'no reason was given')}` : null;
  const others = failed.length - 1;
  const more = others === 0 ? '' : `, and ${others} later ${others === 1 ? 'step' : 'steps'} failed`;
  return `${nameOf(first)}: ${failures(first, operation.state === 'RUNNING')}${more}`;
}

type Clock = (time: string) => string;
