/** W3: does the work at once when first touched, then at most once per interval, and always after the last touch. */
export class Throttle {
  readonly #interval: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;
  #touched = false;
  #closed = false;

  /** `interval` in milliseconds; 0 does the work at every touch. */
  constructor(interval: number, work: () => void) {
    this.#interval = interval;
    this.#work = work;
  }

  touch(): void {
    if (this.#closed) return;
    if (this.#timer) {
      this.#touched = true;
      return;
    }
    if (this.#interval > 0) this.#timer = setTimeout(this.#expired, this.#interval);
    this.#work();
  }

  /** Touches that come later do nothing: a read that was under way may still end with one. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #expired = () => {
    this.#timer = undefined;
    if (!this.#touched) return;
    this.#touched = false;
    this.touch();
  };
}
