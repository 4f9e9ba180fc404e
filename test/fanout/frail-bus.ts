import type { Bus, Hint, Topic } from '../../src/domain/ports.js';

/** A bus that can lose what it is given and what comes for it, until it is mended. */
export class FrailBus implements Bus {
  readonly #bus: Bus;
  readonly #healed = new Set<() => void>();
  #whole = true;
  readonly #listeners = new Set<(hint: null) => void>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get healthy(): boolean {
    return this.#whole && this.#bus.healthy;
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  publish(hints: readonly Hint[]): void {
    if (this.#whole) this.#bus.publish(hints);
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    const stop = this.#bus.subscribe(topic, (hint) => this.#whole && listener(hint));
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      stop();
    };
  }

  onHealed(listener: () => void): () => void {
    this.#healed.add(listener);
    return () => void this.#healed.delete(listener);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }

  lose(): void {
    this.#whole = false;
  }

  mend(): void {
    this.#whole = true;
    for (const listener of this.#healed) listener();
  }

  /** Says that anything may have changed. */
  alarm(): void {
    for (const listener of this.#listeners) listener(null);
  }
}
