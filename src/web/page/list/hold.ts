export type Reason = 'pointer' | 'focus' | 'scrolled';

/** Milliseconds after which a pointer that lies still is not a reader's: it was left on a page that somebody watches. */
export const pointerRests = 60_000;

/**
 * Why the rows are to be held still. Invariant: `onHold` was last called with whether there is a reason; a pointer is one
 * until it leaves, or has not moved for a minute.
 */
export class Hold {
  readonly #onHold: (isHeld: boolean) => void;
  readonly #reasons = new Set<Reason>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onHold: (isHeld: boolean) => void) {
    this.#onHold = onHold;
  }

  set(reason: Reason, holds: boolean): void {
    if (reason === 'pointer') this.#rest(holds);
    if (holds === this.#reasons.has(reason)) return;
    if (holds) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    this.#onHold(this.#reasons.size > 0);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#reasons.clear();
    this.#onHold(false);
  }

  #rest(isThere: boolean): void {
    clearTimeout(this.#timer);
    if (isThere) this.#timer = setTimeout(() => this.set('pointer', false), pointerRests);
  }
}
