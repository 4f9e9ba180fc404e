import type { StepRun } from 'stepcast/client';
import { inWords } from '../ui/durations.js';

/** The middle of some numbers: of an even count, the mean of the two in the middle. Null of none. */
export function median(numbers: readonly number[]): number | null {
  const ordered = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(ordered.length / 2);
  const upper = ordered[middle];
  if (upper === undefined) return null;
  return ordered.length % 2 === 1 ? upper : ((ordered[middle - 1] ?? upper) + upper) / 2;
}

/** How long the step usually takes, against how long it takes now (milliseconds; null: it has not begun, or is not known). */
export function usually(runs: readonly StepRun[], now: number | null, isRunning: boolean): string {
  const durations = runs.filter(({ successful }) => successful).map(({ duration }) => duration);
  const [shortest, longest] = [Math.min(...durations), Math.max(...durations)];
  const present = now === null ? '' : `; ${isRunning ? 'now' : 'this time'} ${inWords(now)}`;
  if (durations.length === 0)
    return `${runs.length === 1 ? 'The last run' : `Each of the last ${counted(runs.length)}`} failed${present}.`;
  const range =
    inWords(shortest) === inWords(longest) ? inWords(shortest) : `${inWords(shortest)} to ${inWords(longest)}`;
  return `${range} in the last ${counted(durations.length)} that succeeded${present}.`;
}

const counted = (count: number) => (count === 1 ? 'run' : `${count} runs`);
