import type { Notice } from '../domain/hint.js';
import type { Bus, Hint, Topic } from '../domain/ports.js';
import { Topics } from './topics.js';

/** Where servers in one process meet. */
export class Exchange {
  readonly #takers = new Set<(notice: Notice) => void>();

  /** Delivers a notice to everyone, in a later turn: no listener is called while the sender runs. */
  send(notice: Notice): void {
    setImmediate(() => {
      for (const take of this.#takers) take(notice);
    });
  }

  /** Calls `take` with every notice, until the returned function is called. */
  attach(take: (notice: Notice) => void): () => void {
    this.#takers.add(take);
    return () => void this.#takers.delete(take);
  }
}

/** Hints within one process: none is ever lost. */
export const createMemoryBus = (exchange: Exchange, origin: string): Bus => new MemoryBus(exchange, origin);

class MemoryBus implements Bus {
  readonly #exchange: Exchange;
  readonly #origin: string;
  readonly #topics = new Topics();
  readonly #detach: () => void;
  readonly healthy = true;

  constructor(exchange: Exchange, origin: string) {
    this.#exchange = exchange;
    this.#origin = origin;
    this.#detach = exchange.attach((notice) => {
      if (notice.origin !== origin) this.#topics.take(notice);
    });
  }

  publish(hints: readonly Hint[]): void {
    this.#exchange.send({ origin: this.#origin, hints });
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    this.#topics.add(topic, listener);
    return () => void this.#topics.remove(topic, listener);
  }

  onHealed(): () => void {
    return () => {};
  }

  async close(): Promise<void> {
    this.#detach();
  }
}
