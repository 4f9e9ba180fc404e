import type { Operation, Step } from 'stepcast/client';
import type { Look } from '../ui/state.js';
import type { Earlier } from './usual.js';

/** A step's own bar, in seconds since its operation began. */
export interface Bar {
  readonly start: number;
  /** Null while it goes on: it then ends at *now*. */
  readonly end: number | null;
  /** From when on nothing was heard of it. Null unless it is stalled, or was interrupted. */
  readonly silentFrom: number | null;
}

/** Seconds from the operation's start to a time. */
export const secondsInto = (operation: Pick<Operation, 'startedAt'>, time: string): number =>
  Math.max(0, (Date.parse(time) - Date.parse(operation.startedAt)) / 1_000);

/** Looks of steps that go on. */
export const isOpen = (look: Look): boolean => look === 'running' || look === 'failing' || look === 'stalled';

/** A step's bar. Null of one that has not begun. */
export function barOf(
  step: Pick<Step, 'startedAt' | 'completedAt' | 'duration' | 'lastReportAt' | 'stalledSince'>,
  look: Look,
  operation: Pick<Operation, 'startedAt' | 'completedAt'>,
): Bar | null {
  if (step.startedAt === null) return null;
  const start = secondsInto(operation, step.startedAt);
  const lastHeard = step.lastReportAt === null ? start : secondsInto(operation, step.lastReportAt);
  if (look === 'interrupted' && operation.completedAt !== null)
    return { start, end: secondsInto(operation, operation.completedAt), silentFrom: Math.max(start, lastHeard) };
  if (isOpen(look)) {
    const silent = step.stalledSince ?? step.lastReportAt;
    const silentFrom = silent === null ? start : Math.max(start, secondsInto(operation, silent));
    return { start, end: null, silentFrom: look === 'stalled' ? silentFrom : null };
  }
  const end =
    step.completedAt !== null ? secondsInto(operation, step.completedAt) : start + (step.duration ?? 0) / 1_000;
  return { start, end: Math.max(start, end), silentFrom: null };
}

/** When pending steps are expected, in seconds behind `Expectations.base`. */
export interface ExpectedSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * What is to come, by the usual durations. `base`: when the first pending step is expected to begin, in seconds since the
 * operation began; if that is over, it is *now*. A step behind one of which nothing is known is not in `spans`.
 */
export interface Expectations {
  readonly base: number;
  readonly spans: ReadonlyMap<string, ExpectedSpan>;
  /** Seconds from `base` to the end of the last one. */
  readonly length: number;
}

export function expectations(
  steps: readonly Step[],
  looks: ReadonlyMap<string, Look>,
  operation: Operation,
  earlier: ReadonlyMap<string, Earlier>,
): Expectations {
  const spans = new Map<string, ExpectedSpan>();
  if (operation.state !== 'RUNNING') return { base: 0, spans, length: 0 };
  const open = steps.findLast(({ id }) => isOpen(looks.get(id) ?? 'planned'));
  // Nothing is expected while nothing moves.
  if (open && looks.get(open.id) === 'stalled') return { base: 0, spans, length: 0 };
  const base = open ? expectedEnd(open, operation, earlier.get(open.id)) : 0;
  if (base === null) return { base: 0, spans, length: 0 };
  let length = 0;
  for (const { id, state } of steps) {
    if (state !== 'PENDING') continue;
    const usual = earlier.get(id)?.usual;
    if (!usual) break;
    spans.set(id, { from: length, to: length + usual.median });
    length += usual.median;
  }
  return { base, spans, length };
}

/** When an open step is expected to end: by its estimate, otherwise by what it usually takes. */
function expectedEnd(step: Step, operation: Operation, earlier: Earlier | undefined): number | null {
  if (step.estimate) return secondsInto(operation, step.estimate.completionAt);
  if (step.startedAt === null || !earlier) return null;
  return secondsInto(operation, step.startedAt) + earlier.usual.median;
}

/** Seconds that have to be on the axis: what was, what is, what is expected, and, within reason, what was usual. */
export function neededSeconds(
  operation: Operation,
  bars: readonly (Bar | null)[],
  ahead: Expectations,
  ghosts: readonly number[],
  now: number | null,
): number {
  const ended = operation.completedAt === null ? 0 : secondsInto(operation, operation.completedAt);
  const latest = operation.estimate ? secondsInto(operation, operation.estimate.latest) : 0;
  const expected = ahead.length > 0 ? Math.max(ahead.base, now ?? 0) + ahead.length : 0;
  const own = Math.max(0, ended, now ?? 0, latest, expected, ...bars.map((bar) => bar?.end ?? bar?.start ?? 0));
  const usual = Math.max(0, ...ghosts);
  // Earlier runs that took far longer would leave this one's bars too small to read.
  return own === 0 ? usual : Math.max(own, Math.min(usual, own * 2));
}
