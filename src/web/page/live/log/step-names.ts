import type { Event, Step } from 'stepcast/client';
import { client } from '../client.js';
import { Store } from '../store.js';

type Reported = Pick<Event, 'provisionStepId'>;

export type NamedStep = Pick<Step, 'id' | 'stepName' | 'operationId' | 'position'>;

/** Operations that are read at once when a step is not known. */
const page = 20;

/**
 * The steps that events belong to, read where they are not known yet: those of the running operation first, then of earlier
 * ones. Invariant: a step that was looked for in vain is not looked for again in the same cluster.
 */
class StepNames {
  readonly store = new Store<ReadonlyMap<string, NamedStep>>(new Map());
  readonly #missing = new Set<string>();
  #reading: Promise<void> = Promise.resolve();

  of(stepId: string): NamedStep | undefined {
    return this.store.value.get(stepId);
  }

  /** Those of an operation's steps, and of steps that cannot be found. */
  async within(operationId: string, clusterId: string, events: readonly Event[]): Promise<readonly Event[]> {
    if (events.length > 0) await this.know(clusterId, events);
    return events.filter(
      ({ provisionStepId }) => (this.of(provisionStepId)?.operationId ?? operationId) === operationId,
    );
  }

  /** Resolves when what can be known of these events' steps is known. */
  know(clusterId: string, events: readonly Reported[]): Promise<void> {
    if (this.#unknown(events).length > 0)
      this.#reading = this.#reading.then(() => this.#read(clusterId, events)).catch(() => {});
    return this.#reading;
  }

  #unknown(events: readonly Reported[]): string[] {
    const ids = new Set(events.map(({ provisionStepId }) => provisionStepId));
    return [...ids].filter((id) => !this.store.value.has(id) && !this.#missing.has(id));
  }

  async #read(clusterId: string, events: readonly Reported[]): Promise<void> {
    if (this.#unknown(events).length === 0) return;
    this.#add((await client.cluster(clusterId))?.provisioningProgress ?? []);
    let after: string | null = null;
    while (this.#unknown(events).length > 0) {
      const { nodes, pageInfo } = await client.operations({ clusterId, first: page, after });
      for (const { id } of nodes) {
        this.#add((await client.operation(id))?.steps ?? []);
        if (this.#unknown(events).length === 0) return;
      }
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    for (const id of this.#unknown(events)) this.#missing.add(id);
  }

  #add(steps: readonly NamedStep[]): void {
    if (steps.length === 0) return;
    this.store.set(new Map([...this.store.value, ...steps.map((step) => [step.id, step] as const)]));
  }
}

export const stepNames = new StepNames();
