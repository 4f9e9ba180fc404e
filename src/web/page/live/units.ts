import type { StepcastError, StepUnit } from 'stepcast/client';
import { Store } from './store.js';
import { UnitBoard, unitState } from './unit-board.js';
import { UnitDetails } from './unit-details.js';

/** How far a step's units are known. `version` grows with every change of the board. */
export interface UnitsState {
  readonly version: number;
  /** Whether all that have reported are on the board. */
  readonly isComplete: boolean;
  readonly fault: StepcastError | null;
}

/** The units of a step as they stand, from their opening until `close`. */
export class LiveUnits {
  readonly board = new UnitBoard();
  readonly store = new Store<UnitsState>({ version: 0, isComplete: false, fault: null });
  readonly #details: UnitDetails;
  readonly #unsubscribe: () => void;

  constructor(stepId: string) {
    this.#details = new UnitDetails(stepId);
    this.#unsubscribe = this.#details.reading.store.subscribe(() => this.#take());
  }

  /** The step has changed. */
  again(): void {
    this.#details.again();
  }

  close(): void {
    this.#unsubscribe();
    this.#details.close();
  }

  #take(): void {
    const { answer, fault } = this.#details.reading.store.shown;
    if (answer) {
      for (const unit of answer.values()) this.#put(unit);
      this.board.names.forEach(({ key }, index) => {
        if (!answer.has(key)) this.board.set(index, unitState.gone);
      });
    }
    this.store.set({ version: this.store.value.version + 1, isComplete: answer !== null, fault });
  }

  #put(unit: StepUnit): void {
    this.board.put(unit, unitState[unit.state]);
  }
}
