import type { ListedCluster } from 'stepcast/client';
import { inWords } from '../ui/durations.js';
import { doing, done, lookWords as words } from '../ui/state-words.js';
import { firstLine } from '../ui/text.js';
import { type ClusterLook, clusterLook } from './order.js';

/** A look in words. */
export const lookWords: Readonly<Record<ClusterLook, string>> = { ...words, none: 'no operation yet' };

/** `Creating`, `Scaling failed`, `Created`: what is done to the cluster, or was done last. */
export function operationWords(cluster: ListedCluster): string {
  const { lastOperation } = cluster;
  if (!lastOperation) return 'Nothing yet';
  const { type, state } = lastOperation;
  if (state === 'SUCCEEDED') return done[type];
  const look = clusterLook(cluster);
  return look === 'running' ? doing[type] : `${doing[type]}, ${lookWords[look]}`;
}

/** What a cluster's operation is at, in parts. */
export interface StepWords {
  /** `5/9`: which of the steps; empty before any has begun. */
  readonly place: string;
  /** The step's name, or what is to be said instead. */
  readonly name: string;
  /** `880/1000`, `59 so far`: units that are done. */
  readonly count: string;
  /** `3 failed`. */
  readonly failed: string;
  /** Why it ended as it did, in the reporter's words. */
  readonly reason: string;
}

const grouped = (count: number) => count.toLocaleString('en-GB');
const only = (name: string): StepWords => ({ place: '', name, count: '', failed: '', reason: '' });

export function stepWords({ lastOperation, currentStep: step, statusDescription }: ListedCluster): StepWords {
  if (!lastOperation) return only(firstLine(statusDescription ?? '') || 'nothing was reported yet');
  const { steps, state, duration, reason } = lastOperation;
  if (state === 'SUCCEEDED') return only(`in ${inWords(duration ?? 0)}`);
  if (!step || step.operationId !== lastOperation.id) return only(firstLine(reason ?? '') || planned(steps.length));
  const { position, stepName, completed, failed, total } = step;
  return {
    place: `${position + 1}/${Math.max(steps.length, position + 1)}`,
    name: firstLine(stepName),
    count:
      total === null
        ? completed > 0
          ? `${grouped(completed)} so far`
          : ''
        : `${grouped(completed)}/${grouped(total)}`,
    failed: failed > 0 ? `${grouped(failed)} failed` : failedBefore(steps, position),
    reason: firstLine(reason ?? ''),
  };
}

const planned = (count: number) =>
  count === 0
    ? 'no step is planned yet'
    : `nothing has begun; ${count === 1 ? '1 step is' : `${count} steps are`} planned`;

/** Steps behind the failed one may go on: then it is not the current one any more. */
function failedBefore(steps: readonly { readonly state: string }[], position: number): string {
  const failed = steps.findIndex(({ state }) => state === 'FAILED');
  return failed < 0 || failed >= position ? '' : `step ${failed + 1} failed`;
}

/** Of an operation, 0 to 100. */
export interface Shares {
  /** How far it is, rounded down. */
  readonly percent: number;
  /** Of its bar. */
  readonly completed: number;
  readonly failed: number;
}

/** The least of the bar that failures are seen by. */
const visible = 4;

/** How far the operation is, and how much of it has failed. Every step is the same share of it. */
export function shares({ lastOperation, currentStep }: ListedCluster): Shares | null {
  if (!lastOperation) return null;
  const completed = 100 * lastOperation.progress;
  const percent = Math.floor(completed);
  const { state, steps } = lastOperation;
  if (state !== 'FAILED' && !steps.some(({ state }) => state === 'FAILED')) return { percent, completed, failed: 0 };
  const { failed = 0, total = null } = currentStep ?? {};
  const share = (100 * failed) / Math.max(total ?? failed, failed, 1) / Math.max(1, steps.length);
  const bar = Math.min(completed, 100 - visible);
  return { percent, completed: bar, failed: Math.min(Math.max(share, visible), 100 - bar) };
}

/** `in 3–5 min`, from milliseconds until the earliest and the latest end. */
export function rangeWords(earliest: number, latest: number): string {
  if (latest <= 0) return 'any moment';
  const unit = latest < 90_000 ? second : latest < 90 * 60_000 ? minute : hour;
  const [from, to] = [Math.floor(earliest / unit.ms), Math.max(1, Math.ceil(latest / unit.ms))];
  if (from === 0) return `within ${to} ${unit.name}`;
  return from === to ? `in ${to} ${unit.name}` : `in ${from}–${to} ${unit.name}`;
}

const second = { name: 's', ms: 1_000 };
const minute = { name: 'min', ms: 60_000 };
const hour = { name: 'h', ms: 3_600_000 };
