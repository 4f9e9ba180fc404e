import type { Estimate, Operation, Step } from 'stepcast/client';
import { inWords } from '../ui/durations.js';
import type { Look } from '../ui/state.js';
import { firstLine } from '../ui/text.js';

type Counted = Pick<Step, 'completed' | 'failed' | 'total'>;

const minute = 60_000;

/** A duration as long as it goes on: to the second in the beginning, from ten minutes on to the minute. */
export const roughly = (milliseconds: number): string => {
  if (milliseconds < minute) return `${Math.floor(Math.max(0, milliseconds) / 1_000)} s`;
  return inWords(milliseconds < 10 * minute ? milliseconds : Math.floor(milliseconds / minute) * minute);
};

/** A step's name in one line of at most `most` characters. */
export const nameOf = ({ stepName }: Pick<Step, 'stepName'>, most = 120): string => firstLine(stepName, most);

/** How many units of a step are done: `880 of 1000, 1 failed`. Null where there is nothing to count. */
export function counts({ state, completed, failed, total }: Step, look?: Look): string | null {
  if (state === 'SKIPPED') return null;
  if (total === 0) return 'nothing to do';
  if (state === 'PENDING') return total === null ? null : `${number(total)} to do`;
  const done = total === null ? `${number(completed)} so far` : `${number(completed)} of ${number(total)}`;
  // One of those of a step that was interrupted is just that.
  const isOwn = look === 'interrupted' && failed === 1;
  return failed > 0 && !isOwn ? `${done}, ${number(failed)} failed` : done;
}

/**
 * What of a step failed: `1 of 1000 instances failed`. Of an operation that has ended with instances that never reported:
 * `failed with 40 of 50 done`, since the failure may be the end itself.
 */
export function failures({ completed, failed, total }: Counted, isGoingOn = true): string {
  if (failed === 0 || (total === 1 && failed === 1)) return 'failed';
  if (!isGoingOn && total !== null && completed + failed < total) {
    const some = failed > 1 ? `, ${number(failed)} failed` : '';
    return `failed with ${number(completed)} of ${number(total)} done${some}`;
  }
  const instances = total === 1 || (total === null && failed === 1) ? 'instance' : 'instances';
  return total === null
    ? `${number(failed)} ${instances} failed`
    : `${number(failed)} of ${number(total)} ${instances} failed`;
}

/** How long is left: `about 9 min left (7 to 14)`. `now` is the server's time in milliseconds. */
export function left({ completionAt, earliest, latest }: Estimate, now: number): string {
  const [centre, least, most] = [completionAt, earliest, latest].map((time) => Math.max(0, Date.parse(time) - now));
  if (most === 0) return 'longer than expected';
  if (centre === 0) return `done any moment (at most ${inUnit(most ?? 0)})`;
  const [about, from, to] = [inUnit(centre ?? 0), inUnit(least ?? 0), inUnit(most ?? 0)];
  if (from === to) return `about ${about} left`;
  const isOneUnit = unitOf(from) === unitOf(about) && unitOf(to) === unitOf(about);
  if (from.startsWith('0 ')) return `about ${about} left (up to ${to})`;
  return `about ${about} left (${isOneUnit ? `${figures(from)} to ${figures(to)}` : `${from} to ${to}`})`;
}

const figures = (text: string) => text.slice(0, text.indexOf(' '));
const unitOf = (text: string) => text.slice(text.indexOf(' '));

/** To the second up to a minute and a half, to the minute beyond. */
export function inUnit(milliseconds: number): string {
  if (milliseconds < 1.5 * minute) return `${Math.round(milliseconds / 1_000)} s`;
  if (milliseconds < 90 * minute) return `${Math.round(milliseconds / minute)} min`;
  return inWords(Math.round(milliseconds / minute) * minute);
}

const format = new Intl.NumberFormat('en', { useGrouping: 'min2' });

/** A count, its thousands apart from ten thousand on. */
export const number = (count: number): string => format.format(count);

/** Why steps of an operation were not started, given the first that failed. */
export function whySkipped({ state }: Operation, failed: Step | null): string {
  if (state === 'CANCELLED') return 'the operation was cancelled';
  if (state === 'INTERRUPTED') return 'the operation was interrupted';
  return failed ? `step ${failed.position + 1} failed` : 'the operation ended before';
}
