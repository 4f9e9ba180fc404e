/** Milliseconds within which the second key of two follows. */
const together = 1_000;

/** Reads keys as they are pressed: alone, or two in a row. */
export class KeyReader {
  #first: { readonly key: string; readonly at: number } | null = null;

  /** The names that a key has now, the longer one first. */
  read(key: string, at: number): string[] {
    const first = this.#first && at - this.#first.at < together ? this.#first.key : null;
    this.#first = { key, at };
    return first === null ? [key] : [`${first} ${key}`, key];
  }

  /** The keys so far have done something: the next is a first one again. */
  forget(): void {
    this.#first = null;
  }
}
