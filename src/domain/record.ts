import type { Cluster, Ref } from './cluster.js';
import { allNeeds, type Command } from './command.js';
import {
  type CreateClusterInput,
  createCluster,
  deleteCluster,
  type UpdateClusterInput,
  updateCluster,
} from './commands/clusters.js';
import { disabled, type EventInput, type Reported, reportEvents } from './commands/events.js';
import {
  type FinishOperationInput,
  finishOperation,
  interruptOperation,
  type PlannedStepInput,
  type StartOperationInput,
  startOperation,
} from './commands/operations.js';
import { type RegisterPluginInput, registerPlugin } from './commands/plugins.js';
import { addStep, type FinishStepInput, finishStep, type StartStepInput, startStep } from './commands/steps.js';
import { Clash, Fault } from './errors.js';
import type { ClusterChange } from './needs.js';
import type { Operation } from './operation.js';
import type { Plugin } from './plugin.js';
import type { Announce, Journal, Log } from './ports.js';
import type { Step } from './step.js';
import type { World } from './world.js';

export interface RecorderOptions {
  readonly journal: Journal;
  /** Called after each commit, before its reporters are answered. */
  readonly announce: Announce;
  /** Called with what a batch would have changed when it is not known whether it was stored. */
  readonly suspect: Announce;
  readonly log: Log;
  /** F4: when false, what reports progress succeeds and writes nothing. */
  readonly eventLog: boolean;
}

/**
 * The write path. Every mutation is judged and stored together with all that arrived while the last batch was being
 * written: one transaction for many reporters, then all are answered (E1). A Fault refuses one command and touches no
 * other; UNAVAILABLE means that nothing is known to be kept, and the same command may be sent again (E2).
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #waiting: Pending[] = [];
  /** Of all that is waiting. */
  #weight = 0;
  readonly #writing = new Set<Promise<void>>();

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  registerPlugin = async (tenantId: string, input: RegisterPluginInput): Promise<Plugin> =>
    this.#submit(registerPlugin(tenantId, input));
  createCluster = async (tenantId: string, input: CreateClusterInput): Promise<Cluster> =>
    this.#submit(createCluster(tenantId, input));
  updateCluster = async (tenantId: string, input: UpdateClusterInput): Promise<Cluster> =>
    this.#submit(updateCluster(tenantId, input));
  deleteCluster = async (tenantId: string, input: { id: string }): Promise<string> =>
    this.#submit(deleteCluster(tenantId, input));

  startOperation = async (tenantId: string, input: StartOperationInput): Promise<Operation | null> =>
    this.#report(startOperation(tenantId, input));
  addStep = async (tenantId: string, input: PlannedStepInput & { operationId: string }): Promise<Step | null> =>
    this.#report(addStep(tenantId, input));
  startStep = async (tenantId: string, input: StartStepInput): Promise<Step | null> =>
    this.#report(startStep(tenantId, input));
  finishStep = async (tenantId: string, input: FinishStepInput): Promise<Step | null> =>
    this.#report(finishStep(tenantId, input));
  finishOperation = async (tenantId: string, input: FinishOperationInput): Promise<Operation | null> =>
    this.#report(finishOperation(tenantId, input));
  reportEvents = async (tenantId: string, input: { events: readonly EventInput[] }): Promise<Reported> => {
    const command = reportEvents(tenantId, input);
    return this.#options.eventLog ? this.#submit(command, input.events.length) : disabled(input);
  };

  /** S11, S12: ends an operation for the reason given, if it still runs and there is one. */
  interrupt = async (ref: Ref, reason: (operation: Operation, now: Date) => string | null): Promise<Operation | null> =>
    this.#submit(interruptOperation(ref, reason));

  /** Waits until all that was submitted is answered. */
  async close(): Promise<void> {
    while (this.#writing.size > 0) await Promise.all(this.#writing);
  }

  async #report<Result>(command: Command<Result>): Promise<Result | null> {
    return this.#options.eventLog ? this.#submit(command) : null;
  }

  #submit<Result>(command: Command<Result>, weight = 1): Promise<Result> {
    if (this.#waiting.length >= limits.waiting) {
      throw new Fault(
        'UNAVAILABLE',
        `expected fewer than ${limits.waiting} mutations to be waiting for the database, got as many: try again later`,
      );
    }
    return new Promise<Result>((resolve, reject) => {
      this.#weight += weight;
      this.#waiting.push({ command, weight, resolve: resolve as Pending['resolve'], reject });
      this.#start();
    });
  }

  /**
   * While one batch is at the database the next is gathered. What has become large meanwhile goes out beside it: small
   * batches would only wait for each other's clusters.
   */
  #start(): void {
    if (this.#waiting.length === 0 || this.#writing.size >= limits.underWay) return;
    if (this.#writing.size > 0 && this.#weight < limits.large) return;
    const written = this.#write(this.#nextBatch()).finally(() => {
      this.#writing.delete(written);
      this.#start();
    });
    this.#writing.add(written);
  }

  #nextBatch(): Pending[] {
    let weight = 0;
    let size = 0;
    for (const pending of this.#waiting) {
      if (size > 0 && weight + pending.weight > limits.batch) break;
      weight += pending.weight;
      size += 1;
    }
    this.#weight -= weight;
    return this.#waiting.splice(0, size);
  }

  /**
   * One bad command must not fail its neighbours: a batch the database refuses is tried again one by one. What clashed
   * with another server's commit is judged anew, and sees it.
   */
  async #write(batch: readonly Pending[], tries = limits.tries): Promise<void> {
    let changes: readonly ClusterChange[] = [];
    try {
      const answers = await this.#options.journal.transact(allNeeds(batch.map(({ command }) => command)), (world) => {
        const judged = judge(batch, world);
        changes = judged.changes;
        return judged.answers;
      });
      this.#tell(changes);
      for (const answer of answers) answer();
    } catch (error) {
      if (isUnavailable(error)) this.#options.suspect(changes);
      else if (batch.length > 1) return this.#writeEach(batch);
      else if (error instanceof Clash && tries > 1) return this.#write(batch, tries - 1);
      for (const { reject } of batch) reject(error);
    }
  }

  async #writeEach(batch: readonly Pending[]): Promise<void> {
    for (const pending of batch) await this.#write([pending]);
  }

  #tell(changes: readonly ClusterChange[]): void {
    this.#options.announce(changes);
    for (const { events } of changes) {
      for (const event of events)
        if (!event.successful) this.#options.log.error(trace(event), 'a step reported a failure');
    }
  }
}

/**
 * Counts of mutations that may wait, of mutations or events in one transaction, of transactions under way, of
 * mutations or events that are worth one more of these, and of times that a mutation is tried when it clashes.
 */
const limits = { waiting: 50_000, batch: 2_000, underWay: 3, large: 128, tries: 5 };

interface Pending {
  readonly command: Command<unknown>;
  readonly weight: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Each command's answer is kept until the commit; it is the reporter's only then. */
function judge(batch: readonly Pending[], world: World) {
  const answers = batch.map(({ command, resolve, reject }) => {
    try {
      const result = command.judge(world);
      return () => resolve(result);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return () => reject(error);
    }
  });
  return { answers, changes: world.changesByCluster() };
}

const isUnavailable = (error: unknown) => error instanceof Fault && error.code === 'UNAVAILABLE';

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
