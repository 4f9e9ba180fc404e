import type { StepcastError, StepUnit } from 'stepcast/client';
import { Store } from './store.js';
import { type Picture, UnitBoard, type UnitName, unitState } from './unit-board.js';
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
    if (answer) this.board.apply(this.#picture(answer));
    this.store.set({ version: this.store.value.version + 1, isComplete: answer !== null, fault });
  }

  #picture(answer: ReadonlyMap<string, StepUnit>): Picture {
    const known = new Set(this.board.units.map((unit) => unit?.key));
    const isFirst = known.size === 0;
    const units = [...this.board.units, ...[...answer.values()].filter(({ key }) => !known.has(key))];
    const state = (unit: UnitName | null) => answer.get(unit?.key ?? '')?.state;
    const states = Uint8Array.from(units, (unit) => unitState[state(unit) ?? 'none']);
    const changed = [...states.keys()].filter((index) => states[index] !== this.board.stateOf(index));
    return { units, states, changed: isFirst ? null : changed };
  }
}
