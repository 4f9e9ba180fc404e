/** How a unit stands, as one byte. `gone`: it is known by another key now, or was erased. */
export const unitState = { gone: 0, SUCCEEDED: 1, FAILED: 2, REPLACED: 3 } as const;

export type UnitStateByte = (typeof unitState)[keyof typeof unitState];

/** What is known of a unit but its state. */
export interface UnitName {
  readonly key: string;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
}

/**
 * The units of a step, each at an index that it keeps. Invariant: `states[i]` is how `names[i]` stands, and `counts` are the
 * numbers of each state; what has changed since `takeChanged` was called is in it once.
 */
export class UnitBoard {
  readonly names: UnitName[] = [];
  readonly counts = [0, 0, 0, 0];
  readonly #indexes = new Map<string, number>();
  readonly #changed = new Set<number>();
  #states = new Uint8Array(256);

  get size(): number {
    return this.names.length;
  }

  /** As many as there are units, or more. */
  get states(): Uint8Array {
    return this.#states;
  }

  indexOf(key: string): number | undefined {
    return this.#indexes.get(key);
  }

  stateOf(index: number): UnitStateByte {
    return this.#states[index] as UnitStateByte;
  }

  /** Adds a unit, or changes what is known of it. */
  put(name: UnitName, state: UnitStateByte): void {
    const index = this.#indexes.get(name.key);
    if (index === undefined) this.set(this.#add(name), state);
    else {
      if (name.instanceName !== this.names[index]?.instanceName) this.names[index] = name;
      this.set(index, state);
    }
  }

  /** The state of the unit at an index. */
  set(index: number, state: UnitStateByte): void {
    const before = this.#states[index] as UnitStateByte;
    if (before === state) return;
    this.counts[before] = (this.counts[before] ?? 0) - 1;
    this.counts[state] = (this.counts[state] ?? 0) + 1;
    this.#states[index] = state;
    this.#changed.add(index);
  }

  /** The indexes at which something has changed since this was last called. */
  takeChanged(): number[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #add(name: UnitName): number {
    const index = this.names.push(name) - 1;
    this.#indexes.set(name.key, index);
    this.counts[unitState.gone] = (this.counts[unitState.gone] ?? 0) + 1;
    if (index >= this.#states.length) {
      const larger = new Uint8Array(2 * this.#states.length);
      larger.set(this.#states);
      this.#states = larger;
    }
    return index;
  }
}
