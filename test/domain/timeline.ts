import { keyOf } from '../../src/domain/cluster.js';
import type { Operation } from '../../src/domain/operation.js';
import type { Loaded } from '../../src/domain/read-set.js';
import type { Step } from '../../src/domain/step.js';
import { UnitOfWork } from '../../src/domain/unit-of-work.js';
import { aCluster, anOperation, aStep, now } from './rows.js';

export const second = 1_000;
export const ids = ['aa258cbf-4589-484a-a814-81436c18beb3', 'bb258cbf-4589-484a-a814-81436c18beb3'] as const;

/** A database that holds an operation of two pending steps of two units each, and whose clock is set at will. */
export class Database {
  #clock = 0;
  #loaded: Loaded;

  constructor(operation: Partial<Operation> = {}) {
    const pending = { total: 2, state: 'PENDING', startedAt: null } as const;
    this.#loaded = {
      ...{ now, clusters: [aCluster()], operations: [anOperation(operation)] },
      ...{ runs: new Map([[keyOf(aCluster()), 1]]), units: [], plugins: [], known: [] },
      steps: ids.map((id, position) => aStep({ ...pending, id, position })),
    };
  }

  /** Each batch has a transaction of its own, so many seconds after the last. */
  after<Result>(seconds: number, decide: (work: UnitOfWork) => Result): Result {
    this.#clock += seconds;
    const work = new UnitOfWork({ ...this.#loaded, now: new Date(now.getTime() + this.#clock * second) });
    const result = decide(work);
    const { clusters, operations, steps, newSteps, units, removedUnits } = work.changes();
    const merge = <Row extends { id: string }>(rows: readonly Row[], changed: readonly Row[]) =>
      rows.map((row) => changed.find(({ id }) => id === row.id) ?? row);
    const gone = new Set([...units, ...removedUnits].map(({ key, provisionStepId }) => `${provisionStepId} ${key}`));
    this.#loaded = {
      ...this.#loaded,
      clusters: merge(this.#loaded.clusters, clusters),
      operations: merge(this.#loaded.operations, operations),
      steps: [...merge(this.#loaded.steps, steps), ...newSteps].sort((a, b) => a.position - b.position),
      units: [
        ...this.#loaded.units.filter(({ key, provisionStepId }) => !gone.has(`${provisionStepId} ${key}`)),
        ...units,
      ],
    };
    return result;
  }
  get operation(): Operation {
    return this.#loaded.operations[0] as Operation;
  }
  get steps(): readonly Step[] {
    return this.#loaded.steps;
  }
  get units() {
    return this.#loaded.units;
  }
  get cluster() {
    return this.#loaded.clusters[0];
  }
}
