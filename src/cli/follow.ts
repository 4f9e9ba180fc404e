import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  type Event,
  type Operation,
  type OperationState,
  type Progress,
  type Step,
  StepcastError,
} from '../client/index.js';
import type { Screen } from './screen.js';

export interface FollowOptions {
  readonly screen: Screen;
  /** Go on to the operations that come after the first one. */
  readonly stay: boolean;
}

/** Shows a cluster's operation until it has ended. Answers how the last one shown stood. */
export async function follow(
  client: Client,
  clusterId: string,
  { screen, stay }: FollowOptions,
): Promise<OperationState | null> {
  const following = client.followProgress({ clusterId });
  following.onState(connectionNews(screen));
  const shown = new Shown(client, screen);
  let current: string | undefined;
  let state: OperationState | null = null;
  for await (const progress of following) {
    for (const operation of since(current, progress.operations)) {
      await shown.show(operation, progress);
      current = operation.id;
      state = operation.state;
      if (state !== 'RUNNING' && !stay) return state;
    }
  }
  return state;
}

/** The operation shown last and those after it; at first only the newest. */
function since(current: string | undefined, operations: readonly Operation[]): readonly Operation[] {
  return operations.slice(current === undefined ? -1 : operations.findIndex(({ id }) => id === current));
}

/** Only a connection that was live can be lost, and only a lost one is back. */
function connectionNews(screen: Screen) {
  let lost = false;
  return (state: Parameters<Screen['connection']>[0]) => {
    if (state.status === 'stale' || (state.status === 'live' && lost)) screen.connection(state);
    if (state.status !== 'catching-up') lost = state.status === 'stale';
  };
}

/** What a screen has been shown, so that it is only told what is new. */
class Shown {
  readonly #client: Client;
  readonly #screen: Screen;
  readonly #seen = new Map<string, string>();
  /** By step: the place in its failures up to which they were shown. */
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
    if (ended) this.#screen.ended(operation, cluster);
  }

  async #showStep(step: Step, settled: boolean): Promise<void> {
    if (step.state === 'PENDING') return;
    if (!this.#isNew(step.id, `${step.updatedAt} ${step.state} ${step.completed} ${step.failed} ${settled}`)) return;
    this.#screen.step(step, settled);
    if (step.state === 'FAILED' || step.failed > 0) {
      for await (const event of this.#newFailures(step)) this.#screen.failure(event, step);
    }
  }

  async *#newFailures({ id, clusterId }: Step): AsyncGenerator<Event> {
    for (let more = true; more; ) {
      const page = { clusterId, stepId: id, successful: false, after: this.#cursors.get(id) };
      const { nodes, pageInfo } = await patiently(() => this.#client.events(page));
      yield* nodes;
      if (pageInfo.endCursor) this.#cursors.set(id, pageInfo.endCursor);
      more = pageInfo.hasNextPage;
    }
  }

  #isNew(id: string, now: string): boolean {
    if (this.#seen.get(id) === now) return false;
    this.#seen.set(id, now);
    return true;
  }
}

/** A failed step goes on taking reports until another has begun, or its operation has ended (S8). */
function isSettled(step: Step, next: Step | undefined, operation: Operation): boolean {
  if (step.state !== 'FAILED') return step.state !== 'RUNNING';
  return operation.state !== 'RUNNING' || (next !== undefined && next.state !== 'PENDING');
}

/** A server that is away for a moment is waited for, as the follower does. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof StepcastError) || !error.retryable) throw error;
      await setTimeout(1000);
    }
  }
}
