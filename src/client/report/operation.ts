import type { PlannedStepInput, StartOperationInput } from '../../generated/client.js';
import type { Operation, Step } from '../api.js';
import { StepcastError } from '../errors.js';
import { createAsyncContext } from './async-context.js';
import { defaultLease, Heartbeat } from './lease.js';
import { Postponed } from './outbox.js';
import type { Reporting } from './reporting.js';
import { ReportedStep, type StepOptions } from './step.js';

/** An operation as the server has it; its steps that have not started are the plan. */
type Remote = Operation & { steps: Step[] };

interface Open {
  readonly name: string;
  readonly step: ReportedStep;
}

export interface OperationOptions extends StartOperationInput {
  /**
   * What to do while another operation runs on the cluster. `wait` (the default): begin once it has ended, which that of an
   * engine that was killed does when its lease runs out (O7). `supersede`: end it, and take its place at once. `fail`: report
   * nothing of this one.
   */
  readonly onConflict?: 'wait' | 'supersede' | 'fail';
}

/**
 * An operation that is being reported. Its calls are queued in the outbox in the order in which they are made, and none
 * waits for the server. Ids are chosen here, so that a call whose answer was lost is repeated as it was. `#remote` is set
 * by the first of them; it stays null when the server refused the operation or the event log is off, and then the others
 * send nothing.
 */
export class ReportedOperation {
  readonly #reporting: Reporting;
  readonly #input: StartOperationInput & { readonly id: string; readonly leaseSeconds: number };
  readonly #onConflict: OperationOptions['onConflict'];
  readonly #heartbeat: Heartbeat;
  readonly #begun = new Set<string>();
  /** The step that has begun last: extra ones are put behind it. */
  #current: string | null = null;
  /** The step that is being performed. */
  #open: Open | null = null;
  #remote: Remote | null = null;
  #isWaiting = false;

  constructor(reporting: Reporting, { onConflict = 'wait', ...input }: OperationOptions) {
    this.#reporting = reporting;
    this.#input = {
      ...input,
      id: input.id ?? crypto.randomUUID(),
      ...(input.steps && { steps: input.steps.map(identified) }),
      leaseSeconds: input.leaseSeconds ?? defaultLease,
      ...(onConflict === 'supersede' && { supersede: true }),
    };
    this.#onConflict = onConflict;
    this.#heartbeat = new Heartbeat(reporting.api, reporting.problem);
    const age = reporting.ageFromNow(input.ageMs ?? 0);
    reporting.outbox.add({ kind: 'call', send: () => this.#start(age) });
  }

  /**
   * Performs one step: the next planned one of this name, or one that is added behind the current step when the plan has
   * none. The same name again is a new step. What `work` throws is reported, unless a unit has reported it already, and
   * rethrown. Steps are a series (S3): one that begins while another is performed is not recorded, which `onProblem` is told,
   * and what its work reports is reported of that other.
   */
  async step<T>(name: string, options: StepOptions, work: (step: ReportedStep) => Promise<T>): Promise<T> {
    if (this.#open) return this.#within(this.#open, name, work);
    const step = this.#queue(name, options);
    this.#open = { name, step };
    try {
      return await step.perform(work);
    } finally {
      this.#open = null;
    }
  }

  #within<T>(open: Open, name: string, work: (step: ReportedStep) => Promise<T>): Promise<T> {
    const [began, other] = [JSON.stringify(name), JSON.stringify(open.name)];
    this.#reporting.problem(
      new Error(`expected step ${began} to begin after the end of step ${other}: its units are reported of that one`),
    );
    return open.step.include(work);
  }

  #queue(stepName: string, { shared = false, ...options }: StepOptions): ReportedStep {
    const step = new ReportedStep(this.#reporting, { isShared: shared });
    const age = this.#reporting.ageFromNow();
    const id = crypto.randomUUID();
    this.#reporting.outbox.add({
      kind: 'call',
      send: async () => step.begun(await this.#begin({ id, stepName, ...options }, age)),
    });
    return step;
  }

  /** Does the operation's work, in which it is the current one. */
  perform<T>(work: (operation: ReportedOperation) => Promise<T>): Promise<T> {
    return performed.run(this, () => work(this));
  }

  /** Ends the operation (O4, S11): for good, also if it has ended by itself with its last step. */
  finish({ successful, reason }: { successful: boolean; reason?: string }): void {
    const age = this.#reporting.ageFromNow();
    this.#end(async (operationId) => {
      const ending = { operationId, successful, ageMs: age(), ...(reason !== undefined && { reason }) };
      await this.#reporting.api.finishOperation(ending);
    });
  }

  /** O5: ends the operation because somebody wished so: no failure. */
  cancel(reason?: string): void {
    this.#end(async (operationId) => {
      await this.#reporting.api.cancelOperation({ operationId, ...(reason !== undefined && { reason }) });
    });
  }

  #end(call: (operationId: string) => Promise<void>): void {
    const send = async () => {
      if (this.#remote) await call(this.#remote.id);
      this.#heartbeat.stop();
    };
    this.#reporting.outbox.add({ kind: 'call', send });
  }

  /** S9: an operation that was begun while the server was away is as old as its work, and so may its steps be. */
  async #start(age: () => number): Promise<void> {
    const { api } = this.#reporting;
    try {
      this.#remote = await api.startOperation({ ...this.#input, ageMs: age() });
    } catch (error) {
      if (this.#onConflict === 'fail' || !this.#isBusy(error)) throw error;
      this.#wait(error);
    }
    if (this.#remote) this.#heartbeat.start(this.#remote.id, this.#input.leaseSeconds);
  }

  /** A CONFLICT that names the operation which runs; one that names this one is about its content (O3). */
  #isBusy(error: unknown): error is StepcastError {
    if (!(error instanceof StepcastError) || error.code !== 'CONFLICT') return false;
    return error.operationId !== undefined && error.operationId !== this.#input.id.toLowerCase();
  }

  #wait(error: StepcastError): never {
    if (!this.#isWaiting)
      this.#reporting.notice(`waiting for operation ${error.operationId} on cluster ${this.#input.clusterId} to end`);
    this.#isWaiting = true;
    throw new Postponed(error.message, { cause: error });
  }

  /** Null when the server does not have the operation: it was refused, or the event log is switched off. */
  async #begin(wanted: PlannedStepInput & { id: string }, age: () => number): Promise<Step | null> {
    if (!this.#remote) return null;
    const { api } = this.#reporting;
    const planned = this.#planned(wanted.stepName) ?? (await this.#add(this.#remote, wanted));
    if (!planned) return null;
    const step = await api.startStep({ stepId: planned.id, total: wanted.total ?? null, ageMs: age() });
    this.#begun.add(planned.id);
    this.#current = planned.id;
    return step;
  }

  #planned(name: string): Step | undefined {
    return this.#remote?.steps.find((step) => step.stepName === name && !this.#begun.has(step.id));
  }

  #add({ id: operationId }: Remote, wanted: PlannedStepInput): Promise<Step | null> {
    const behind = this.#current !== null && { afterStepId: this.#current };
    return this.#reporting.api.addStep({ operationId, ...wanted, ...behind });
  }
}

const identified = (step: PlannedStepInput): PlannedStepInput => ({ ...step, id: step.id ?? crypto.randomUUID() });

const performed = createAsyncContext<ReportedOperation>();

/** The operation whose work the caller is part of (`Reporter.operation`); null outside of any. */
export const currentOperation = (): ReportedOperation | null => performed.get();
