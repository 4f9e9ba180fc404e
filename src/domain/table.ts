import type { Ref } from './cluster.js';
import { RefMap } from './ref-map.js';

interface Entry<Row> {
  row: Row;
  /** Whether it was not loaded. */
  readonly isNew: boolean;
  isSaved: boolean;
}

/** Rows by what identifies them, and which of them were saved since they were loaded. */
export class Table<Row> {
  readonly #entries = new RefMap<Entry<Row>>();
  readonly #saved: Entry<Row>[] = [];
  readonly #refOf: (row: Row) => Ref;
  constructor(refOf: (row: Row) => Ref) {
    this.#refOf = refOf;
  }
  load(row: Row): void {
    this.#entries.set(this.#refOf(row), { row, isNew: false, isSaved: false });
  }
  save(row: Row): void {
    const ref = this.#refOf(row);
    const entry = this.#entries.get(ref);
    if (!entry) {
      const added = { row, isNew: true, isSaved: true };
      this.#entries.set(ref, added);
      this.#saved.push(added);
      return;
    }
    entry.row = row;
    if (entry.isSaved) return;
    entry.isSaved = true;
    this.#saved.push(entry);
  }
  get(ref: Ref): Row | undefined {
    return this.#entries.get(ref)?.row;
  }
  /** In the order in which each was saved first. */
  saved(): Row[] {
    return this.#saved.map(({ row }) => row);
  }
  /** Of those saved, the ones that were not loaded, and the ones that were. */
  added(): Row[] {
    return this.#saved.filter(({ isNew }) => isNew).map(({ row }) => row);
  }
  changed(): Row[] {
    return this.#saved.filter(({ isNew }) => !isNew).map(({ row }) => row);
  }
}
