/** What wants to be told at the next frame, and is then told of all that changed up to it. */
export interface Framed {
  flush(): void;
}

/** Milliseconds between frames of a page that nobody sees: its title and icon go on. */
const hiddenFrame = 1_000;

/**
 * Changes come in by the thousand, and are shown once a frame for all stores together. Invariant: a store is in `#waiting`
 * from its first change after a frame until the next one; while paused none is told, and what has changed waits.
 */
class Frames {
  readonly #waiting = new Set<Framed>();
  #scheduled = false;
  #paused = false;
  #behind = 0;

  /** How many changes have come in since it was paused. */
  get behind(): number {
    return this.#behind;
  }
  get paused(): boolean {
    return this.#paused;
  }

  /** Freezes what is shown, or goes on with the newest. */
  set paused(paused: boolean) {
    this.#paused = paused;
    this.#behind = 0;
    if (!paused) this.#schedule();
  }

  request(store: Framed): void {
    this.#waiting.add(store);
    if (this.#paused) this.#behind += 1;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#paused || this.#waiting.size === 0) return;
    this.#scheduled = true;
    // A hidden page has no animation frames.
    if (document.hidden) setTimeout(() => this.#flush(), hiddenFrame);
    else requestAnimationFrame(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#paused) return;
    const stores = [...this.#waiting];
    this.#waiting.clear();
    for (const store of stores) store.flush();
  }
}

export const frames = new Frames();
