import DataLoader from 'dataloader';
import type { Cluster } from '../domain/cluster.js';
import type { Operation } from '../domain/operation.js';
import type { Library } from '../domain/ports.js';
import type { Step } from '../domain/step.js';

/**
 * One statement for all that a request asks of the same kind. Each loader is made when it is first used: most requests
 * need none. A subscription, which has the cluster's state in memory, primes them instead of reading.
 */
export class Loaders {
  readonly #library: Library;
  readonly #tenantId: string;
  #made: Partial<Made> = {};

  constructor(library: Library, tenantId: string) {
    this.#library = library;
    this.#tenantId = tenantId;
  }

  /** By id. */
  get cluster() {
    this.#made.cluster ??= new DataLoader((ids) => this.#library.clusters(this.#tenantId, ids));
    return this.#made.cluster;
  }
  /** By cluster: the operation that runs. */
  get runningOperation() {
    this.#made.runningOperation ??= new DataLoader((ids) => this.#library.runningOperations(this.#tenantId, ids));
    return this.#made.runningOperation;
  }
  /** By cluster: all its steps, oldest first. */
  get stepsOfCluster() {
    this.#made.stepsOfCluster ??= new DataLoader((ids) => this.#library.stepsOfClusters(this.#tenantId, ids));
    return this.#made.stepsOfCluster;
  }
  /** By cluster: the steps of its newest operation, by position. */
  get currentSteps() {
    this.#made.currentSteps ??= new DataLoader((ids) => this.#library.currentSteps(this.#tenantId, ids));
    return this.#made.currentSteps;
  }
  /** By operation: its steps, by position. */
  get stepsOfOperation() {
    this.#made.stepsOfOperation ??= new DataLoader((ids) => this.#library.stepsOfOperations(this.#tenantId, ids));
    return this.#made.stepsOfOperation;
  }

  /** Forgets what was read, so that what is read after a write shows it (W8). */
  clear(): void {
    this.#made = {};
  }
}

interface Made {
  cluster: DataLoader<string, Cluster | null>;
  runningOperation: DataLoader<string, Operation | null>;
  stepsOfCluster: DataLoader<string, readonly Step[]>;
  currentSteps: DataLoader<string, readonly Step[]>;
  stepsOfOperation: DataLoader<string, readonly Step[]>;
}
