import type { EventInput } from '../../generated/client.js';
import type { Step } from '../api.js';
import { StepcastError } from '../errors.js';
import { createAsyncContext } from './async-context.js';
import type { Reporting } from './reporting.js';
import { fingerprintOf, traceback } from './traceback.js';

export interface StepOptions {
  /** How many units the step has. By default, the planned total; without one, the step ends with its work. */
  readonly total?: number;
  /**
   * Other processes do units of it, too: it is closed by the report of its last unit, whoever makes it, and not by the end of
   * the work here.
   */
  readonly shared?: boolean;
  /** Of a step that is not planned: who reports it. Without it, the cluster's plugin. */
  readonly source?: string;
}

/** What a step works on (S5): the instance with this id, else the one with this name, else the whole cluster. */
export interface Unit {
  readonly instanceId?: string;
  readonly instanceName?: string;
  readonly nodeGroupId?: string;
  /** S5b: the instance that this one stands in for, which then no longer counts. */
  readonly replacesInstanceId?: string;
}

/**
 * A step that is being performed and reported. Used by `ReportedOperation`: `begun` is called by the outbox once the server
 * has the step, `perform` runs the work. Units report while it runs; it is closed after its work has ended.
 */
export class ReportedStep {
  readonly #reporting: Reporting;
  readonly #isShared: boolean;
  /** The units that reported, with the outcome of their last report. */
  readonly #units = new Map<string, boolean>();
  readonly #reported = new Set<unknown>();
  #dropped = 0;
  #refused = 0;
  #refusal = '';
  #remote: Step | null = null;

  constructor(reporting: Reporting, { isShared }: { isShared: boolean }) {
    this.#reporting = reporting;
    this.#isShared = isShared;
  }

  /**
   * Does a unit's work and reports whether it succeeded, if not, with the whole traceback. What it throws is rethrown. After
   * the end of the step, what is reported is recorded as late, and counts no more (S8).
   */
  async unit<T>(unit: Unit, work: () => Promise<T>): Promise<T> {
    let result: T;
    try {
      result = await work();
    } catch (error) {
      this.#reported.add(error);
      this.#report(unit, false, error);
      throw error;
    }
    this.#report(unit, true, null);
    return result;
  }

  /** For the operation: the step as the server has it; null when it has none. */
  begun(remote: Step | null): void {
    this.#remote = remote;
  }

  /** For the operation: does the step's work, and closes the step. */
  async perform<T>(work: (step: ReportedStep) => Promise<T>): Promise<T> {
    try {
      const result = await this.include(work);
      this.#close();
      return result;
    } catch (error) {
      if (this.#isReported(error)) this.#close();
      else this.#fail(traceback(error), fingerprintOf(error));
      throw error;
    }
  }

  /** For the operation: does work that is part of this step. */
  include<T>(work: (step: ReportedStep) => Promise<T>): Promise<T> {
    return performed.run(this, () => work(this));
  }

  /** S5b: corrects how many units the step has, such as when a host is excluded. */
  setTotal(total: number): void {
    const { api, outbox } = this.#reporting;
    outbox.add({
      kind: 'call',
      send: async () => {
        if (this.#remote) this.#remote = (await api.updateStep({ stepId: this.#remote.id, total })) ?? this.#remote;
      },
    });
  }

  #report(unit: Unit, successful: boolean, error: unknown): void {
    const id = crypto.randomUUID();
    const said = successful ? { eventInfo: null } : { eventInfo: traceback(error), fingerprint: fingerprintOf(error) };
    const report = { id, successful, ...unit, ...said };
    const age = this.#reporting.ageFromNow();
    const taken = this.#reporting.outbox.add({
      kind: 'report',
      size: sizeOf(report),
      event: () => this.#event(report, age),
      givenUp: ({ message }) => {
        this.#refused += 1;
        this.#refusal = message;
      },
    });
    if (taken && unit.replacesInstanceId !== undefined) this.#units.delete(unit.replacesInstanceId);
    if (taken) this.#units.set(unit.instanceId ?? unit.instanceName ?? id, successful);
    else this.#drop();
  }

  /** At the outbox's limit: a problem is reported once, and the number of dropped reports when the step ends. */
  #drop(): void {
    if (this.#dropped++ > 0) return;
    this.#reporting.problem(new Error('reports are being dropped: too many are waiting for the server'));
  }

  #event(report: Omit<EventInput, 'stepId'>, age: () => number): EventInput | null {
    return this.#remote && { ...report, stepId: this.#remote.id, ageMs: age() };
  }

  /** Whether units have reported this failure, or all that it sums up. E7: one that cannot be looked at has not been. */
  #isReported(error: unknown): boolean {
    try {
      return this.#covers(error);
    } catch {
      return false;
    }
  }

  #covers(error: unknown, depth = 0): boolean {
    if (this.#reported.has(error)) return true;
    // An error may sum up itself.
    if (!(error instanceof AggregateError) || error.errors.length === 0 || depth > 100) return false;
    return error.errors.every((each) => this.#covers(each, depth + 1));
  }

  /** Closes the step, if its units' reports have not done so. */
  #close(): void {
    if (this.#dropped > 0) this.#fail(`${this.#dropped} reports were dropped: too many waited for the server`);
    else this.#settle();
  }

  /**
   * A step with a failed unit is closed for the series (S3) and stays open for its units (S8). One whose units have all
   * reported is closed. Of any other, only the server knows whether they have, since other processes may report, too.
   */
  #settle(): void {
    this.#finish(async ({ total }, finish) => {
      const isDone = [...this.#units.values()].includes(false) || (total !== null && this.#units.size >= total);
      if ((isDone || this.#isShared) && this.#refused === 0) return;
      if (total === null) return finish(this.#refused > 0 ? failure(this.#refusals()) : success);
      try {
        await finish(success);
      } catch (error) {
        if (!(error instanceof StepcastError) || error.code !== 'CONFLICT') throw error;
        await finish(failure(this.#refused > 0 ? this.#refusals() : `the step's work ended: ${error.message}`));
      }
    });
  }

  #refusals(): string {
    const reports = this.#refused === 1 ? '1 report was' : `${this.#refused} reports were`;
    return `${reports} not recorded: ${this.#refusal}`;
  }

  /** The step's own failure (S5a): one, however often it is said. */
  #fail(eventInfo: string, fingerprint: string | null = null): void {
    this.#finish((_, finish) => finish(failure(eventInfo, fingerprint)));
  }

  /** Closes the step as `how` says, once all that was reported before has been answered. */
  #finish(how: (remote: Step, finish: (end: End) => Promise<void>) => Promise<void>): void {
    const { api, outbox, ageFromNow } = this.#reporting;
    const age = ageFromNow();
    outbox.add({
      kind: 'call',
      send: async () => {
        const remote = this.#remote;
        if (!remote) return;
        await how(remote, async (end) => void (await api.finishStep({ stepId: remote.id, ...end, ageMs: age() })));
      },
    });
  }
}

type End =
  | { readonly successful: true }
  | { readonly successful: false; readonly eventInfo: string; readonly fingerprint: string | null };
const success: End = { successful: true };
const failure = (eventInfo: string, fingerprint: string | null = null): End => ({
  successful: false,
  eventInfo,
  fingerprint,
});

/** One that no JSON can be made of is refused when it is sent. */
function sizeOf(report: object): number {
  try {
    return JSON.stringify(report).length + 50;
  } catch {
    return 0;
  }
}

const performed = createAsyncContext<ReportedStep>();

/** The step whose work the caller is part of, so that code deep inside can report without being handed it; null outside of any. */
export const currentStep = (): ReportedStep | null => performed.get();

/** Does a unit's work and reports it to the current step; outside of any step, it is only done. */
export function reportUnit<T>(unit: Unit, work: () => Promise<T>): Promise<T> {
  const step = currentStep();
  return step ? step.unit(unit, work) : work();
}
