import { writeBatch } from './batch.js';
import type { Cluster, Ref } from './cluster.js';
import type { Command } from './command.js';
import {
  type CreateClusterInput,
  createCluster,
  deleteCluster,
  type UpdateClusterInput,
  updateCluster,
} from './commands/clusters.js';
import { disabled, type ReportEventsInput, type Reported, reportEventsInTurns } from './commands/events.js';
import { type FinishStepInput, finishStep } from './commands/finish-step.js';
import {
  type CancelOperationInput,
  cancelOperation,
  type FinishOperationInput,
  finishOperation,
  heartbeat,
  interruptOperation,
} from './commands/operations.js';
import { type RegisterPluginInput, registerPlugin } from './commands/plugins.js';
import { markStall } from './commands/stalling.js';
import { type StartOperationInput, startOperation } from './commands/start-operation.js';
import { type AddStepInput, addStep, type StartStepInput, startStep, updateStep } from './commands/steps.js';
import type { Pace } from './estimate/run.js';
import { type Meter, unmetered } from './meter.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Announce, Log, WriteStore } from './ports.js';
import { bytesOf, type Pending, Queue } from './queue.js';
import type { Step } from './step.js';
import { within } from './within.js';
import type { ClusterChange } from './write-set.js';

export interface RecorderOptions {
  readonly writeStore: WriteStore;
  /** Called after each commit, before its reporters are answered. */
  readonly announce: Announce;
  /** Called with what a batch would have changed when it is not known whether it was stored, or was announced. */
  readonly fallback: Announce;
  readonly log: Log;
  readonly meter?: Meter;
  /** F4: when false, what reports progress succeeds and writes nothing. */
  readonly eventLog: boolean;
  /** O7: seconds of the lease of an operation that is started without one; none or 0: it has none. */
  readonly defaultLeaseSeconds?: number;
}

/** Transactions under way, and the weight of a batch that is worth one more of these. */
const limits = { underWay: 3, large: 128 };

/** Milliseconds until what is being written is stored, by a database that answers. */
const closingMs = 2_000;

/** The queue's: 64 MiB of what was sent, in transactions of 8 MiB and 2000 mutations or events. */
const queueLimits = { waiting: 50_000, bytes: 64 * 2 ** 20, batch: 2_000, batchBytes: 8 * 2 ** 20, timeoutMs: 10_000 };

/**
 * The write path. Every mutation is decided and stored together with all that arrived while the last batch was being
 * written: one transaction for many reporters, then all are answered (E1). A Fault refuses one command and touches no
 * other; UNAVAILABLE means that nothing is known to be kept, and the same command may be sent again (E2).
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #meter: Meter;
  readonly #queue = new Queue(queueLimits);
  readonly #writing = new Set<Promise<void>>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#meter = options.meter ?? unmetered;
  }

  /** Bytes of the mutations that are not answered yet. */
  get bytes(): number {
    return this.#queue.bytes;
  }
  /** Mutations that wait for a transaction, and transactions under way. */
  get waiting(): number {
    return this.#queue.length;
  }
  get underWay(): number {
    return this.#writing.size;
  }

  registerPlugin = async (tenantId: string, input: RegisterPluginInput): Promise<Plugin> =>
    this.#submit(registerPlugin(tenantId, input), input);
  createCluster = async (tenantId: string, input: CreateClusterInput): Promise<Cluster> =>
    this.#submit(createCluster(tenantId, input), input);
  updateCluster = async (tenantId: string, input: UpdateClusterInput): Promise<Cluster> =>
    this.#submit(updateCluster(tenantId, input), input);
  deleteCluster = async (tenantId: string, input: { id: string }): Promise<string> =>
    this.#submit(deleteCluster(tenantId, input), input);

  startOperation = async (tenantId: string, input: StartOperationInput): Promise<Operation | null> =>
    this.#report(startOperation(tenantId, input, this.#options), input);
  heartbeat = async (tenantId: string, input: { operationId: string }): Promise<Operation | null> =>
    this.#report(heartbeat(tenantId, input), input);
  addStep = async (tenantId: string, input: AddStepInput): Promise<Step | null> =>
    this.#report(addStep(tenantId, input), input);
  startStep = async (tenantId: string, input: StartStepInput): Promise<Step | null> =>
    this.#report(startStep(tenantId, input), input);
  updateStep = async (tenantId: string, input: { stepId: string; total: number }): Promise<Step | null> =>
    this.#report(updateStep(tenantId, input), input);
  finishStep = async (tenantId: string, input: FinishStepInput): Promise<Step | null> =>
    this.#report(finishStep(tenantId, input), input);
  finishOperation = async (tenantId: string, input: FinishOperationInput): Promise<Operation | null> =>
    this.#report(finishOperation(tenantId, input), input);
  cancelOperation = async (tenantId: string, input: CancelOperationInput): Promise<Operation | null> =>
    this.#report(cancelOperation(tenantId, input), input);
  reportEvents = async (tenantId: string, input: ReportEventsInput): Promise<Reported> => {
    const command = await reportEventsInTurns(tenantId, input);
    return this.#options.eventLog ? this.#submit(command, input, input.events.length) : disabled(input);
  };

  /** S11, O7: ends an operation for the reason given, if it still runs and there is one. */
  interrupt = async (
    ref: Ref,
    ending: 'LEASE' | 'INTERRUPTED',
    reason: (operation: Operation, now: Date) => string | null,
  ): Promise<Operation | null> => this.#submit(interruptOperation(ref, ending, reason), ref);

  /** P3: marks a step that stands still, if it does so still; null where there is nothing to mark. */
  markStall = async (ref: Ref, runs: readonly Pace[], floor: number): Promise<Step | null> =>
    this.#submit(markStall({ tenantId: ref.tenantId, id: ref.id }, runs, floor), { id: ref.id });

  /**
   * Waits until all that was submitted is answered, but not for a database that does not answer: to be called when no
   * caller waits any more. What was not stored was not acknowledged.
   */
  async close(): Promise<void> {
    if (await within(closingMs, this.#settled(), false)) return;
    this.#options.log.warn({}, 'the database does not answer: what was being stored is given up, unacknowledged');
  }

  async #settled(): Promise<true> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
    return true;
  }

  async #report<Result>(command: Command<Result>, input: object): Promise<Result | null> {
    return this.#options.eventLog ? this.#submit(command, input) : null;
  }

  #submit<Result>(command: Command<Result>, input: object, weight = 1): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const traced = { command, weight, bytes: bytesOf(input), origin: this.#meter.origin() };
      this.#queue.add({ ...traced, resolve: resolve as Pending['resolve'], reject });
      this.#start();
    });
  }

  /**
   * While one batch is at the database the next is gathered. What has become large meanwhile goes out beside it: small
   * batches would only wait for each other's clusters.
   */
  #start(): void {
    if (this.#queue.length === 0 || this.#writing.size >= limits.underWay) return;
    if (this.#writing.size > 0 && this.#queue.weight < limits.large) return;
    const written = this.#write(this.#queue.take()).finally(() => {
      this.#writing.delete(written);
      this.#start();
    });
    this.#writing.add(written);
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const { writeStore } = this.#options;
    const meter = this.#meter;
    await writeBatch(batch, { writeStore, meter, committed: this.#committed, unknown: this.#fallBack });
    this.#queue.answered(batch);
  }

  /** The commit stands, and its callers are answered from it, whatever becomes of telling others. */
  #committed = (changes: readonly ClusterChange[]): void => {
    const announced = this.#try('a commit could not be announced: readers find it by asking the database', () =>
      this.#options.announce(changes),
    );
    if (!announced) this.#fallBack(changes);
    this.#try('failures that were reported could not be logged', () => this.#logFailures(changes));
  };

  #fallBack = (changes: readonly ClusterChange[]): void => {
    this.#try('readers could not be told to ask the database', () => this.#options.fallback(changes));
  };

  #logFailures(changes: readonly ClusterChange[]): void {
    for (const { events } of changes) {
      for (const event of events)
        if (!event.successful) this.#options.log.error(trace(event), 'a step reported a failure');
    }
  }

  /** Says whether it worked. An error is logged; a log that fails itself has the process's own left. */
  #try(message: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (err) {
      try {
        this.#options.log.error({ err }, message);
      } catch {
        console.error(message, err);
      }
      return false;
    }
  }
}

/** E5: what an operator searches the server's log for. */
const trace = ({
  tenantId,
  errorId,
  clusterId,
  provisionStepId,
  instanceId,
  instanceName,
}: ClusterChange['events'][number]) => ({
  tenantId,
  errorId,
  clusterId,
  stepId: provisionStepId,
  instanceId,
  instanceName,
});
