import type { Operation, StepcastError } from 'stepcast/client';
import { client } from './client.js';
import { Store } from './store.js';

/** Operations from the newest on, as far as they have been read. */
export interface OperationsState {
  readonly operations: readonly Operation[];
  readonly hasMore: boolean;
  readonly isReading: boolean;
  readonly fault: StepcastError | null;
}

/** A cluster's operations, page by page. */
export class OperationPages {
  readonly store = new Store<OperationsState>({ operations: [], hasMore: true, isReading: false, fault: null });
  readonly #clusterId: string;
  #after: string | null = null;

  constructor(clusterId: string) {
    this.#clusterId = clusterId;
  }

  close(): void {}

  /** Reads the next page, unless that is being done. */
  async more(): Promise<void> {
    const { value } = this.store;
    if (value.isReading || !value.hasMore) return;
    this.store.set({ ...value, isReading: true, fault: null });
    try {
      const page = await client.operations({ clusterId: this.#clusterId, first: 20, after: this.#after });
      if (!page) return;
      this.#after = page.pageInfo.endCursor ?? null;
      const operations = [...this.store.value.operations, ...page.nodes];
      this.store.set({ operations, hasMore: page.pageInfo.hasNextPage, isReading: false, fault: null });
    } catch (fault) {
      this.store.set({ ...this.store.value, isReading: false, fault: fault as StepcastError });
    }
  }
}
