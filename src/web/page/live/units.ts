import type { Following, StepcastError, UnitPicture } from 'stepcast/client';
import { client } from './client.js';
import { watchConnection } from './connection.js';
import { Store } from './store.js';
import { UnitBoard } from './unit-board.js';

/** How far a step's units are known. `version` grows with every change of the board. */
export interface UnitsState {
  readonly version: number;
  /** Whether all that have reported are on the board. */
  readonly isComplete: boolean;
  /** Why they cannot be followed, such as that there are too many. */
  readonly fault: StepcastError | null;
}

/** Follows how the units of a step stand, until `close`. */
export class LiveUnits {
  readonly board = new UnitBoard();
  readonly store = new Store<UnitsState>({ version: 0, isComplete: false, fault: null });
  readonly #following: Following<UnitPicture>;
  readonly #unwatch: () => void;

  constructor(stepId: string) {
    this.#following = client.followUnits({ stepId });
    this.#unwatch = watchConnection(this.#following);
    void this.#follow();
  }

  close(): void {
    this.#unwatch();
    void this.#following.return();
  }

  async #follow(): Promise<void> {
    try {
      for await (const picture of this.#following) {
        this.board.apply(picture);
        this.store.set({ version: this.store.value.version + 1, isComplete: true, fault: null });
      }
    } catch (error) {
      this.store.set({ ...this.store.value, fault: error as StepcastError });
    } finally {
      this.#unwatch();
    }
  }
}
