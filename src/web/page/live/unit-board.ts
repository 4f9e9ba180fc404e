/** How a unit stands, as one byte. `none`: it turned out to be another one, or was erased. */
export const unitState = { none: 0, SUCCEEDED: 1, FAILED: 2, REPLACED: 3 } as const;

export type UnitStateByte = (typeof unitState)[keyof typeof unitState];

/** What is known of a unit but its state. */
export interface UnitName {
  readonly key: string;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
}

/** How units stand, by the index that each keeps. */
export interface Picture {
  readonly units: readonly (UnitName | null)[];
  readonly states: Uint8Array;
  /** Where anything has changed since the last picture; null: everywhere, and indexes are others. */
  readonly changed: readonly number[] | null;
}

/**
 * The units of a step as they stand. Invariant: `counts` are the numbers of each state; `takeChanged` answers each change once.
 */
export class UnitBoard {
  #units: Picture['units'] = [];
  #states: Uint8Array = new Uint8Array(0);
  #counts: readonly [number, number, number, number] = [0, 0, 0, 0];
  /** Null: everything. */
  #changed: Set<number> | null = null;

  /** By index; null where there is none any more. */
  get units(): Picture['units'] {
    return this.#units;
  }

  /** By state. */
  get counts(): readonly [none: number, succeeded: number, failed: number, replaced: number] {
    return this.#counts;
  }

  /** How many units there are, those that were replaced included. */
  get count(): number {
    const [, succeeded, failed, replaced] = this.#counts;
    return succeeded + failed + replaced;
  }

  stateOf(index: number): UnitStateByte {
    return (this.#states[index] ?? unitState.none) as UnitStateByte;
  }

  apply({ units, states, changed }: Picture): void {
    this.#units = units;
    this.#states = states;
    if (changed === null) this.#changed = null;
    else for (const index of changed) this.#changed?.add(index);
    const counts: [number, number, number, number] = [0, 0, 0, 0];
    for (let index = 0; index < units.length; index++) counts[this.stateOf(index)] += 1;
    this.#counts = counts;
  }

  /** The indexes at which something has changed since this was last called; null: everywhere, and indexes are others. */
  takeChanged(): number[] | null {
    const changed = this.#changed && [...this.#changed];
    this.#changed = new Set();
    return changed;
  }
}
