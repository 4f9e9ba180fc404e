import type { Operation, Step, StepcastError } from 'stepcast/client';
import { client } from './client.js';
import { Store } from './store.js';

/** An operation that is read once. `isMissing`: there is none of this id any more. */
export interface OperationState {
  readonly operation: Operation | null;
  readonly steps: readonly Step[];
  readonly isMissing: boolean;
  readonly fault: StepcastError | null;
}

/** Reads an operation that the followed state of its cluster does not contain. */
export class PastOperation {
  readonly store = new Store<OperationState>({ operation: null, steps: [], isMissing: false, fault: null });

  constructor(id: string) {
    void this.#read(id);
  }

  close(): void {}

  async #read(id: string): Promise<void> {
    const { value } = this.store;
    try {
      const operation = await client.operation(id);
      if (operation) this.store.set({ ...value, operation, steps: operation.steps });
      else this.store.set({ ...value, isMissing: true });
    } catch (fault) {
      this.store.set({ ...value, fault: fault as StepcastError });
    }
  }
}
