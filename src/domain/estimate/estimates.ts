import { keyOf } from '../cluster.js';
import type { Operation } from '../operation.js';
import { isActive, type Step } from '../step.js';
import { type Estimate, estimateFrom, inSeries, steady } from './estimate.js';
import { quantile } from './numbers.js';
import { type Remaining, remaining } from './remaining.js';
import type { StepRun } from './run.js';
import { patience } from './stall.js';
import { underway } from './underway.js';
import { runsFor } from './verdict.js';

/** A step, and the runs of it that are known, the newest first. */
export interface Known {
  readonly step: Step;
  readonly runs: readonly StepRun[];
}

/** What was said last, by what it was said of: steps and operations of different tenants may have one id. */
export interface Memory {
  get(subject: string): Estimate | undefined;
  set(subject: string, estimate: Estimate): unknown;
}

/** Runs below which nobody knows what is usual, and how much longer than nearly all of them is slow. */
const usual = { runs: 3, share: 0.9, factor: 1.25 } as const;

/**
 * P2: when steps and operations will be done, by the database's clock. Remembers what it said, so that it does not move by
 * less than the noise; another server may say another end, within the noise.
 */
export class Estimates {
  readonly #memory: Memory;
  readonly #now: () => Date;
  readonly #floor: number;

  /** `floor`: no silence is shorter than that many milliseconds (P3). */
  constructor({ memory, now, floor }: { memory: Memory; now: () => Date; floor: number }) {
    this.#memory = memory;
    this.#now = now;
    this.#floor = floor;
  }

  ofStep({ state }: Operation, known: Known): Estimate | null {
    const now = this.#now();
    const rest = state === 'RUNNING' && known.step.state !== 'PENDING' ? this.#restOf(known, now) : null;
    return this.#say(`step ${keyOf(known.step)}`, rest, now);
  }

  /** Of its steps that are not done yet; null where one of them cannot be told, and while nobody knows which steps are to come. */
  ofOperation(operation: Operation, steps: readonly Known[]): Estimate | null {
    const { state, autoFinish } = operation;
    const now = this.#now();
    const open = steps.filter(({ step }) => step.state === 'PENDING' || isActive(step));
    const rest = state === 'RUNNING' && autoFinish ? inSeries(open.map((known) => this.#restOf(known, now))) : null;
    return this.#say(`operation ${keyOf(operation)}`, rest, now);
  }

  /** P2: whether it has taken much longer than nearly all of its earlier runs. */
  isSlow({ step, runs }: Known): boolean {
    const known = runsFor(step, runs);
    if (!isActive(step) || step.startedAt === null || known.length < usual.runs) return false;
    const most = quantile(
      known.map(({ duration }) => duration),
      usual.share,
    );
    return this.#now().getTime() - step.startedAt.getTime() > usual.factor * most;
  }

  #restOf({ step, runs }: Known, now: Date): Remaining | null {
    const known = runsFor(step, runs);
    if (step.state === 'PENDING') {
      return known.length === 0
        ? null
        : remaining({ completed: 0, total: step.total, curve: [], progressAt: 0, now: 0 }, known);
    }
    if (!isActive(step) || step.stalledSince !== null) return null;
    const seen = underway(step, now);
    return seen.now - seen.progressAt > patience(seen, known, this.#floor) ? null : remaining(seen, known);
  }

  #say(subject: string, rest: Remaining | null, now: Date): Estimate | null {
    if (rest === null) return null;
    const said = steady(this.#memory.get(subject) ?? null, estimateFrom(now, rest), now);
    this.#memory.set(subject, said);
    return said;
  }
}
