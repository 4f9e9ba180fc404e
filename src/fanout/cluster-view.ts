import type { Cluster } from '../domain/cluster.js';
import type { Operation } from '../domain/operation.js';
import type { ClusterState } from '../domain/ports.js';
import type { Step } from '../domain/step.js';

interface Run {
  readonly operation: Operation;
  /** By position. */
  readonly steps: readonly Step[];
}

type Rows = Pick<ClusterState, 'operations' | 'steps'>;

/**
 * What is known of a cluster at one revision: its newest operations, with all their steps. Immutable: a message is
 * rendered from one view while the feed makes the next. Invariant: the operations' numbers are consecutive, and none is
 * newer. A change copies what it touches, and a list of pointers to the operations, however many steps they have.
 */
export class ClusterView {
  readonly cluster: Cluster;
  /** By number. */
  readonly #runs: readonly Run[];
  readonly #most: number;
  /** The number of the operation that an id names or that has the step it names. Shared by all views: it never changes. */
  readonly #numbers: Map<string, number>;

  private constructor(cluster: Cluster, runs: readonly Run[], most: number, numbers: Map<string, number>) {
    this.cluster = cluster;
    this.#runs = runs;
    this.#most = most;
    this.#numbers = numbers;
  }

  /** A view that holds the newest `most` of these operations, and of those to come. */
  static of({ cluster, ...rows }: ClusterState, most: number): ClusterView {
    return new ClusterView(cluster, [], most, new Map()).#merged(cluster, rows, most);
  }

  /** The view with these rows instead of those of the same id. */
  with({ cluster, ...rows }: ClusterState): ClusterView {
    return this.#merged(cluster, rows, this.#most);
  }

  /** The view that reaches back further, by rows read at any time: an operation with a successor changes no more (O2). */
  extended({ operations, steps }: Rows, most: number): ClusterView {
    const first = this.#runs[0]?.operation.number ?? 0;
    const last = Math.max(...operations.map(({ number }) => number));
    const older = operations.filter(({ number }) => number < Math.min(first, last));
    const ids = new Set(older.map(({ id }) => id));
    const theirs = steps.filter(({ operationId }) => ids.has(operationId));
    return this.#merged(this.cluster, { operations: older, steps: theirs }, most);
  }

  /** Whether it holds all operations that the cluster has, or so many. */
  reaches(operations: number): boolean {
    return this.isComplete || this.#runs.length >= operations;
  }
  /** Whether it holds all operations that the cluster has. */
  get isComplete(): boolean {
    return (this.#runs[0]?.operation.number ?? 1) === 1;
  }
  get newest(): Operation | null {
    return this.#runs.at(-1)?.operation ?? null;
  }
  /** The newest operations, so many at most, by number; and their steps, by operation's number, then position. */
  last(operations: number): Rows {
    const runs = this.#runs.slice(-operations);
    return { operations: runs.map(({ operation }) => operation), steps: runs.flatMap(({ steps }) => steps) };
  }
  /** By position; undefined when it holds no such operation. */
  stepsOf(operationId: string): readonly Step[] | undefined {
    return this.#runOf(operationId)?.steps;
  }
  operation(id: string): Operation | undefined {
    const operation = this.#runOf(id)?.operation;
    return operation?.id === id ? operation : undefined;
  }
  step(id: string): Step | undefined {
    return this.#runOf(id)?.steps.find((step) => step.id === id);
  }
  /** Whether it holds a step of this id. */
  hasStep(id: string): boolean {
    return this.step(id) !== undefined;
  }

  /**
   * What has changed after a revision: the steps, and the operations of which anything has. Once an operation has a
   * successor, nothing of it changes any more (O2): before the newest that has not changed, none has. Null: it does not
   * reach back that far.
   */
  since(revision: number): Rows | null {
    const isNew = (row: { revision: number }) => row.revision > revision;
    const unchanged = this.#runs.findLastIndex(({ operation, steps }) => !isNew(operation) && !steps.some(isNew));
    if (unchanged < 0 && !this.isComplete) return null;
    const runs = this.#runs.slice(unchanged + 1);
    return {
      operations: runs.map(({ operation }) => operation),
      steps: runs.flatMap(({ steps }) => steps.filter(isNew)),
    };
  }

  #merged(cluster: Cluster, { operations, steps }: Rows, most: number): ClusterView {
    const runs = new Map(this.#runs.map((run) => [run.operation.number, run]));
    for (const operation of operations) {
      this.#numbers.set(operation.id, operation.number);
      runs.set(operation.number, { operation, steps: runs.get(operation.number)?.steps ?? [] });
    }
    for (const [number, changed] of this.#byNumber(steps)) {
      const run = runs.get(number);
      if (!run) continue;
      runs.set(number, { ...run, steps: merged(run.steps, changed) });
      for (const { id } of changed) this.#numbers.set(id, number);
    }
    return new ClusterView(cluster, this.#newest(runs, most), most, this.#numbers);
  }

  /** Steps of operations that it does not hold are left out. */
  #byNumber(steps: readonly Step[]): Map<number, Step[]> {
    const found = new Map<number, Step[]>();
    for (const step of steps) {
      const number = this.#numbers.get(step.operationId);
      if (number !== undefined) found.set(number, [...(found.get(number) ?? []), step]);
    }
    return found;
  }

  /** The newest, as far back as they are consecutive. The others are forgotten. */
  #newest(runs: ReadonlyMap<number, Run>, most: number): Run[] {
    const kept: Run[] = [];
    const newest = Math.max(...runs.keys());
    for (let run = runs.get(newest); run && kept.length < most; run = runs.get(newest - kept.length)) kept.unshift(run);
    for (const [number, { operation, steps }] of runs) {
      if (number > newest - kept.length) continue;
      for (const { id } of [operation, ...steps]) this.#numbers.delete(id);
    }
    return kept;
  }

  #runOf(id: string): Run | undefined {
    const number = this.#numbers.get(id);
    const first = this.#runs[0]?.operation.number;
    return number === undefined || first === undefined ? undefined : this.#runs[number - first];
  }
}

function merged(known: readonly Step[], changed: readonly Step[]): Step[] {
  const steps = new Map(known.map((step) => [step.id, step]));
  for (const step of changed) steps.set(step.id, step);
  return [...steps.values()].sort((a, b) => a.position - b.position);
}
