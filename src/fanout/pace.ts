/** W3: does the work at once when first touched, then at most once per interval, and always after the last touch. */
export class Pace {
  readonly #interval: number;
  readonly #work: () => void;
  #timer: NodeJS.Timeout | undefined;
  #touched = false;

  /** `interval` in milliseconds; 0 does the work at every touch. */
  constructor(interval: number, work: () => void) {
    this.#interval = interval;
    this.#work = work;
  }

  touch(): void {
    if (this.#timer) {
      this.#touched = true;
      return;
    }
    if (this.#interval > 0) this.#timer = setTimeout(this.#expired, this.#interval);
    this.#work();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #expired = () => {
    this.#timer = undefined;
    if (!this.#touched) return;
    this.#touched = false;
    this.touch();
  };
}
