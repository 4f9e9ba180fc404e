import type { StartOperationInput } from '../../generated/client.js';
import type { Operation, Step } from '../api.js';
import { StepcastError } from '../errors.js';
import type { Reporting } from './reporter.js';
import { ReportedStep, type StepOptions } from './step.js';

/** An operation as the server knows it; its steps not yet begun are the plan. */
type Remote = Operation & { steps: Step[] };

/** An operation that is being reported. Its id and steps are known once the server has answered; nobody waits for that. */
export class ReportedOperation {
  readonly #reporting: Reporting;
  readonly #input: StartOperationInput;
  readonly #begun = new Set<string>();
  #remote: Remote | null = null;

  constructor(reporting: Reporting, input: StartOperationInput) {
    this.#reporting = reporting;
    this.#input = input;
    reporting.outbox.add({ kind: 'call', send: (retried) => this.#start(retried) });
  }

  /**
   * Performs one step: the next planned one of this name, or one that is added when the plan has none. What `work`
   * throws is reported, unless a unit has reported it already, and thrown on.
   */
  async step<T>(name: string, options: StepOptions, work: (step: ReportedStep) => Promise<T>): Promise<T> {
    const step = new ReportedStep(this.#reporting);
    this.#reporting.outbox.add({
      kind: 'call',
      send: async (retried) => step.begun(await this.#begin(name, options, retried)),
    });
    return step.perform(work);
  }

  /** Ends the operation (S11). One whose steps have all succeeded has ended by itself, and this changes nothing. */
  finish({ successful, reason }: { successful: boolean; reason?: string }): void {
    const { api, outbox } = this.#reporting;
    outbox.add({
      kind: 'call',
      send: async () => {
        if (!this.#remote) return;
        await api.finishOperation({
          operationId: this.#remote.id,
          successful,
          ...(reason !== undefined && { reason }),
        });
      },
    });
  }

  async #start(retried: boolean): Promise<void> {
    try {
      this.#remote = await this.#reporting.api.startOperation(this.#input);
    } catch (error) {
      this.#remote = retried && isConflict(error) ? await this.#findOwn() : null;
      if (!this.#remote) throw error;
    }
  }

  /** The operation that a call started whose answer was lost: it runs, it is the one asked for, and nothing was reported of it. */
  async #findOwn(): Promise<Remote | null> {
    const { clusterId, type, steps: planned } = this.#input;
    const cluster = await this.#reporting.api.cluster(clusterId);
    const operation = cluster?.currentOperation;
    if (operation?.type !== type) return null;
    const steps = cluster?.provisioningProgress.filter((step) => step.operationId === operation.id) ?? [];
    const isAsPlanned = !planned || planned.every(({ stepName }, index) => stepName === steps[index]?.stepName);
    return isAsPlanned && steps.every((step) => step.state === 'PENDING') ? { ...operation, steps } : null;
  }

  /** Null when the server knows nothing of the operation: it was refused, or the event log is switched off. */
  async #begin(name: string, options: StepOptions, retried: boolean): Promise<Step | null> {
    if (!this.#remote) return null;
    const planned = this.#planned(name) ?? (await this.#append(this.#remote, name, options, retried));
    const step = planned && (await this.#reporting.api.startStep({ stepId: planned.id, total: options.total ?? null }));
    if (step) this.#begun.add(step.id);
    return step;
  }

  #planned(name: string): Step | undefined {
    return this.#remote?.steps.find((step) => step.stepName === name && !this.#begun.has(step.id));
  }

  /** Adding is not safe to do twice: before it is done again, the step is looked for. */
  async #append(operation: Remote, name: string, options: StepOptions, retried: boolean): Promise<Step | null> {
    const { api } = this.#reporting;
    if (retried) {
      const cluster = await api.cluster(operation.clusterId);
      operation.steps = cluster?.provisioningProgress.filter((step) => step.operationId === operation.id) ?? [];
    }
    const known = this.#planned(name);
    if (known) return known;
    const added = await api.addStep({ operationId: operation.id, stepName: name, ...options });
    if (added) operation.steps.push(added);
    return added;
  }
}

const isConflict = (error: unknown) => error instanceof StepcastError && error.code === 'CONFLICT';
