import type { Bus, Hint, Topic } from '../domain/ports.js';

/**
 * Hints by two buses at once. NATS forgets a server that it has not heard of for a minute, though it may go on writing:
 * what such a server's commits say by NOTIFY is heard all the same.
 */
export class DoubledBus implements Bus {
  readonly #buses: readonly Bus[];

  constructor(...buses: readonly Bus[]) {
    this.#buses = buses;
  }

  get healthy(): boolean {
    return this.#buses.every((bus) => bus.healthy);
  }

  publish(hints: readonly Hint[]): void {
    for (const bus of this.#buses) bus.publish(hints);
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    return all(this.#buses.map((bus) => bus.subscribe(topic, listener)));
  }

  onHealed(listener: () => void): () => void {
    return all(this.#buses.map((bus) => bus.onHealed(listener)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#buses.map((bus) => bus.close()));
  }
}

const all = (endings: readonly (() => void)[]) => () => {
  for (const end of endings) end();
};
