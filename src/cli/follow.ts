import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  type Cluster,
  type Event,
  type Operation,
  type OperationState,
  type Progress,
  type Step,
  StepcastError,
} from '../client/index.js';
import type { Screen } from './screen.js';

type EventsPage = Parameters<Client['events']>[0];

export interface FollowOptions {
  readonly screen: Screen;
  /** Continue with the operations after the first one. */
  readonly stay: boolean;
  /** Begin with the operation that runs, or else the next one; not with one that has ended. */
  readonly wait: boolean;
}

/** Shows a cluster's operation until it has ended. Resolves with the state of the last one shown, or that the cluster was deleted. */
export async function follow(
  client: Client,
  clusterId: string,
  { screen, stay, wait }: FollowOptions,
): Promise<OperationState | 'DELETED'> {
  const following = client.followProgress({ clusterId });
  following.onState(connectionChanges(screen));
  const shown = new Shown(client, screen);
  let passed: ReadonlySet<string> | undefined;
  let cluster: Cluster | undefined;
  for await (const progress of following) {
    client.clock.hear(progress.serverTime);
    passed ??= new Set(passedOver(progress.operations, wait).map(({ id }) => id));
    const operations = progress.operations.filter(({ id }) => !passed?.has(id));
    if (!cluster && operations.length === 0) screen.waiting(progress.cluster);
    cluster = progress.cluster;
    for (const operation of operations) {
      await shown.show(operation, progress);
      if (operation.state !== 'RUNNING' && !stay && !(await isDeleted(client, operation))) return operation.state;
    }
  }
  // W7: the stream of a deleted cluster completes.
  if (cluster) screen.deleted(cluster);
  return 'DELETED';
}

/** The operations of the first state that are not shown: all but the newest; that one, too, if it has ended and we wait. */
function passedOver(operations: readonly Operation[], wait: boolean): readonly Operation[] {
  return wait && operations.at(-1)?.state !== 'RUNNING' ? operations : operations.slice(0, -1);
}

/** Whether an operation ended because its cluster was deleted (F3). */
async function isDeleted(client: Client, { state, clusterId }: Operation): Promise<boolean> {
  return state === 'INTERRUPTED' && (await retrying(() => client.cluster(clusterId))) === null;
}

/** Shows that a connection was lost, that a lost one is live again, and that there is none, but answers; other states are not shown. */
function connectionChanges(screen: Screen) {
  let lost = false;
  return (state: Parameters<Screen['connection']>[0]) => {
    const isLost = state.status === 'stale' || state.status === 'signed-out';
    const isShown = isLost || state.status === 'polling' || (state.status === 'live' && lost);
    if (isShown) screen.connection(state);
    if (state.status !== 'catching-up') lost = isLost;
  };
}

/** Remembers what a screen has shown, so that it is called only for changes. Used by `follow` with each state, in order. */
class Shown {
  readonly #client: Client;
  readonly #screen: Screen;
  readonly #seen = new Map<string, string>();
  /** By step: the cursor up to which its failures were shown. */
  readonly #cursors = new Map<string, string>();

  constructor(client: Client, screen: Screen) {
    this.#client = client;
    this.#screen = screen;
  }

  async show(operation: Operation, { cluster, steps }: Progress): Promise<void> {
    if (!this.#seen.has(operation.id)) this.#screen.begun(operation, cluster);
    const ended = this.#isNew(operation.id, operation.state) && operation.state !== 'RUNNING';
    const own = steps.filter((step) => step.operationId === operation.id);
    for (const [index, step] of own.entries()) await this.#showStep(step, isSettled(step, own[index + 1], operation));
    if (!ended) return;
    if (operation.state === 'FAILED' || operation.state === 'INTERRUPTED') await this.#showCauses(operation);
    this.#screen.ended(operation, cluster);
  }

  async #showStep(step: Step, settled: boolean): Promise<void> {
    if (step.state === 'PENDING') return;
    if (!this.#isNew(step.id, `${step.updatedAt} ${step.state} ${step.completed} ${step.failed} ${settled}`)) return;
    this.#screen.step(step, settled);
    if (step.state === 'FAILED' || step.failed > 0) {
      for await (const event of this.#newFailures(step)) this.#screen.failure(event, step);
    }
  }

  async #showCauses({ id }: Operation): Promise<void> {
    const groups = await this.#ofCluster(() => this.#client.operationErrorGroups(id, mostGroups), []);
    const standing = groups.filter(({ recovered }) => !recovered);
    if (standing.length > 0) this.#screen.causes(standing);
  }

  async *#newFailures({ id, clusterId }: Step): AsyncGenerator<Event> {
    for (let more = true; more; ) {
      const filter = { stepId: id, successful: false };
      const page: EventsPage = { clusterId, filter, after: this.#cursors.get(id) };
      const { nodes, pageInfo } = await this.#ofCluster(() => this.#client.events(page), noEvents);
      yield* nodes;
      if (pageInfo.endCursor) this.#cursors.set(id, pageInfo.endCursor);
      more = pageInfo.hasNextPage;
    }
  }

  /** What is asked of a cluster; one that was deleted meanwhile has nothing to show. */
  async #ofCluster<T>(ask: () => Promise<T>, nothing: T): Promise<T> {
    try {
      return await retrying(ask);
    } catch (error) {
      if (!(error instanceof StepcastError) || error.code !== 'NOT_FOUND') throw error;
      return nothing;
    }
  }

  #isNew(id: string, now: string): boolean {
    if (this.#seen.get(id) === now) return false;
    this.#seen.set(id, now);
    return true;
  }
}

/** Of an operation's causes, those that are asked for. */
const mostGroups = 50;

const noEvents = {
  nodes: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};

/** A failed step accepts reports of its units until another has started, or its operation has ended (S8). */
function isSettled(step: Step, next: Step | undefined, operation: Operation): boolean {
  if (step.state !== 'FAILED') return step.state !== 'RUNNING';
  return operation.state !== 'RUNNING' || (next !== undefined && next.state !== 'PENDING');
}

/** Retries while the server cannot be reached, as followers do. */
async function retrying<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StepcastError) || !error.retryable) throw error;
      await setTimeout(1000);
    }
  }
}
