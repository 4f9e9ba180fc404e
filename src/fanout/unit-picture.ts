import type { Unit } from '../domain/unit.js';

/** How a unit stands, in a letter; `-`: there is no unit at this index any more. */
export type StateLetter = 'S' | 'F' | 'R' | '-';

const letters = { SUCCEEDED: 'S', FAILED: 'F', REPLACED: 'R' } as const;

export interface PictureLimits {
  /** Units whose identity a page tells, and bytes of their names after which it tells no more. */
  readonly units: number;
  readonly bytes: number;
  /** States in a page. */
  readonly states: number;
}

export interface IndexedUnit {
  readonly index: number;
  readonly unit: Unit;
}

/** What a reader at a position has not seen, or the first part of it. */
export interface PicturePage {
  /** Those that came, or are known by more than before. */
  readonly units: readonly IndexedUnit[];
  /** Where states have changed, and those of `units`. */
  readonly indexes: readonly number[];
  /** The state at each of `indexes`. */
  readonly states: string;
  /** Up to where a reader of it has seen the picture. */
  readonly reached: number;
}

interface Cell {
  /** Null: there is none any more. */
  unit: Unit | null;
  /** The position at which the unit came, or became known by more; 0 where there is none. */
  named: number;
  /** The position at which its state last changed. */
  changed: number;
}

/**
 * A step's units, each at an index that it keeps, and the last change of each in the order of changes. A position counts
 * changes from 1, at which nothing has been. Invariant: of all changes after a position, the picture knows each that is its
 * unit's last name or last state. The index of a unit that is gone goes to the one that it became, else to the next that comes.
 */
export class UnitPicture {
  readonly #cells: Cell[] = [];
  /** By key. */
  readonly #indexes = new Map<string, number>();
  readonly #free: number[] = [];
  /** Where the cells changed, in order of position; what is not a cell's last name or state is passed over. */
  #order: { readonly position: number; readonly index: number }[] = [];
  /** The position of the newest change. */
  head = 1;

  /** How many indexes there are, those without a unit included. */
  get size(): number {
    return this.#cells.length;
  }

  /** How many units there would be with these. */
  countWith(units: readonly Unit[]): number {
    return this.#indexes.size + units.filter(({ key }) => !this.#indexes.has(key)).length;
  }

  /** Units that are not among these keys. */
  except(keys: ReadonlySet<string>): Unit[] {
    return this.#cells.flatMap(({ unit }) => (unit && !keys.has(unit.key) ? unit : []));
  }

  /** Takes units as they are now; `gone` are kept under another key, or as part of another. What is older than known is left out. */
  apply(units: readonly Unit[], gone: readonly Pick<Unit, 'key'>[] = []): void {
    const former = this.#remove(gone);
    for (const unit of units) {
      const index = this.#indexes.get(unit.key);
      if (index === undefined) this.#add(unit, former);
      else this.#replace(index, unit);
    }
    for (const { index } of [...former.values()].flat()) this.#free.push(index);
    const isLong = this.#order.length > this.#cells.length * 4 + 64;
    if (isLong) this.#order = this.#order.filter((change) => this.#isLast(change));
  }

  /** What comes after a position, within these bounds. */
  page(seen: number, most: PictureLimits): PicturePage {
    const units: IndexedUnit[] = [];
    const indexes: number[] = [];
    const states: StateLetter[] = [];
    let [reached, bytes] = [seen, 0];
    for (let at = this.#after(seen); at < this.#order.length; at++) {
      if (units.length >= most.units || bytes >= most.bytes || indexes.length >= most.states)
        return { units, indexes, states: states.join(''), reached };
      const change = this.#order[at] as { position: number; index: number };
      reached = change.position;
      if (!this.#isLast(change)) continue;
      const { unit, named } = this.#cells[change.index] as Cell;
      indexes.push(change.index);
      states.push(unit ? letters[unit.state] : '-');
      if (!unit || named !== change.position) continue;
      units.push({ index: change.index, unit });
      bytes += bytesOf(unit);
    }
    return { units, indexes, states: states.join(''), reached: this.head };
  }

  /** The indexes that they leave, by what a unit that is the same is called. */
  #remove(gone: readonly Pick<Unit, 'key'>[]): Map<string, IndexedUnit[]> {
    const former = new Map<string, IndexedUnit[]>();
    for (const { key } of gone) {
      const index = this.#indexes.get(key);
      if (index === undefined) continue;
      const cell = this.#cells[index] as Cell;
      const unit = cell.unit as Unit;
      former.set(nameOf(unit), [...(former.get(nameOf(unit)) ?? []), { index, unit }]);
      this.#indexes.delete(key);
      cell.unit = null;
      cell.named = 0;
      cell.changed = this.#change(index);
    }
    return former;
  }

  #add(unit: Unit, former: ReadonlyMap<string, IndexedUnit[]>): void {
    const named = former.get(nameOf(unit)) ?? [];
    const same = named.findIndex(
      ({ unit: { nodeGroupId } }) => nodeGroupId === null || nodeGroupId === unit.nodeGroupId,
    );
    const [became] = same < 0 ? [] : named.splice(same, 1);
    const index = became?.index ?? this.#free.pop() ?? this.#cells.length;
    this.#indexes.set(unit.key, index);
    const position = this.#change(index);
    this.#cells[index] = { unit, named: position, changed: position };
  }

  #replace(index: number, unit: Unit): void {
    const cell = this.#cells[index] as Cell;
    const before = cell.unit as Unit;
    if (unit.revision <= before.revision) return;
    cell.unit = unit;
    const isNamed = identity.some((field) => unit[field] !== before[field]);
    if (!isNamed && unit.state === before.state) return;
    const position = this.#change(index);
    if (isNamed) cell.named = position;
    cell.changed = position;
  }

  #change(index: number): number {
    this.head += 1;
    this.#order.push({ position: this.head, index });
    return this.head;
  }

  #isLast({ position, index }: { readonly position: number; readonly index: number }): boolean {
    const { named, changed } = this.#cells[index] as Cell;
    return position === named || position === changed;
  }

  #after(position: number): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#order[middle] as { position: number }).position <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const identity = ['nodeGroupId', 'instanceId', 'instanceName'] as const;

const bytesOf = (unit: Unit) =>
  identity.reduce((sum, field) => sum + (unit[field] === null ? 0 : Buffer.byteLength(unit[field])), 0);

/** A unit keeps its name when its key becomes another because its id, or its group, is known now (S5). */
const nameOf = ({ instanceName, key }: Unit) => (instanceName === null ? `key ${key}` : `name ${instanceName}`);
