import type { Group } from './group.js';

/** The groups of readers of one feed, by what they follow and asked. */
export class Groups {
  readonly #groups = new Map<string, Group>();

  /** The group of that key; made by `make` for its first reader, gone with its last. */
  get(key: string, make: (onEmpty: () => void) => Group): Group {
    const known = this.#groups.get(key);
    if (known) return known;
    const group = make(() => this.#groups.delete(key));
    this.#groups.set(key, group);
    return group;
  }

  flush(): void {
    for (const group of this.#groups.values()) group.flush();
  }
}
