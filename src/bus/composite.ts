import type { Bus, Hint, Topic } from '../domain/ports.js';

/**
 * Hints by several buses. Whether all arrive is for `complete` to say, which hears every server; the others may bring a
 * hint while it cannot, and are never relied on: a server may be out of their reach, or not use them at all.
 */
export class CompositeBus implements Bus {
  readonly #complete: Bus;
  readonly #others: readonly Bus[];

  constructor(complete: Bus, ...others: readonly Bus[]) {
    this.#complete = complete;
    this.#others = others;
  }

  get healthy(): boolean {
    return this.#complete.healthy;
  }

  publish(hints: readonly Hint[]): void {
    for (const bus of [this.#complete, ...this.#others]) bus.publish(hints);
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    // Where the others may have missed something, `complete` has not, or is known to have.
    const take = (hint: Hint | null) => hint && listener(hint);
    const endings = [
      this.#complete.subscribe(topic, listener),
      ...this.#others.map((bus) => bus.subscribe(topic, take)),
    ];
    return () => {
      for (const end of endings) end();
    };
  }

  onHealed(listener: () => void): () => void {
    return this.#complete.onHealed(listener);
  }

  async close(): Promise<void> {
    await Promise.all([this.#complete, ...this.#others].map((bus) => bus.close()));
  }
}
