import type { Step } from 'stepcast/client';
import { isFiltered, type LogFilter } from '../live/log/scope.js';
import type { LogState } from '../live/log/state.js';
import type { ScopeName } from './filter.js';

type Shown = Pick<LogState, 'older' | 'opened' | 'rows'>;
type Told = Pick<Step, 'state' | 'completed' | 'failed' | 'successful'>;

/**
 * What is to be said of a log that is read to its beginning, beside what it holds: that successes were erased (F1), that
 * nothing was reported yet, or that all was erased (F2). Null: there is nothing to be said. Counters are what was reported.
 */
export function noteOn({ older, opened, rows }: Shown, scope: ScopeName, step: Told, filter: LogFilter): string | null {
  if (!opened || older !== 'end') return null;
  if (isFiltered(filter)) return null;
  const reported = step.completed + step.failed;
  if (scope !== 'step') {
    return rows.length > 0
      ? 'This is the beginning. Successes of steps that succeeded are erased after a while; what went wrong is kept.'
      : 'This log is empty: nothing has been reported yet, or what was reported has been erased.';
  }
  const hasSuccess = rows.some(({ successful, late }) => successful && !late);
  if (step.state === 'SUCCEEDED' && step.completed > 0 && !hasSuccess) {
    const erased = `This step succeeded, so the reports of its ${count(step.completed, 'success', 'es')} were erased`;
    return `${erased}: its counters and times remain.${rows.length > 0 ? ' What went wrong on the way is kept.' : ''}`;
  }
  if (rows.length > 0) return null;
  if (reported > 0)
    return `${reported === 1 ? 'The' : 'All'} ${count(reported, 'report')} of this step ${reported === 1 ? 'was' : 'were'} erased after the retention time. Its counters remain.`;
  if (step.state === 'SKIPPED') return 'Nothing was reported: this step was skipped.';
  if (step.state === 'CANCELLED') return 'Nothing was reported: this step was cancelled.';
  if (step.state === 'SUCCEEDED') return 'Nothing was reported for this step.';
  return 'Nothing has been reported for this step yet. What is reported appears here at once.';
}

/** `1 report`, `1,204 reports`. */
export const count = (number: number, noun: string, plural = 's'): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : plural}`;
