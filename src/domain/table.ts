/** Rows by key, and which of them were saved since they were loaded. */
export class Table<Row> {
  readonly #rows = new Map<string, Row>();
  readonly #saved = new Set<string>();
  readonly #keyOf: (row: Row) => string;
  constructor(keyOf: (row: Row) => string) {
    this.#keyOf = keyOf;
  }
  load(row: Row): string {
    const key = this.#keyOf(row);
    this.#rows.set(key, row);
    return key;
  }
  save(row: Row): string {
    const key = this.load(row);
    this.#saved.add(key);
    return key;
  }
  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }
  saved(): Row[] {
    return [...this.#saved].map((key) => this.#rows.get(key) as Row);
  }
}
