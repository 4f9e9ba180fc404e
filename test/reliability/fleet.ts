import { setTimeout as delay } from 'node:timers/promises';
import type { EventInput } from '../../src/generated/client.js';
import { event, report } from '../support/api.js';
import type { Random } from './random.js';

export interface FleetOptions {
  readonly url: string;
  readonly stepIds: readonly string[];
  readonly reporters: number;
  readonly random: Random;
}

/**
 * Well-behaved reporters: each sends a few events at a time, for any of the steps, and repeats them until
 * they are acknowledged, whatever happens to the server. Created by a test, which ends them.
 */
export class Fleet {
  /** Ids of the events that the server has acknowledged. */
  readonly acknowledged = new Set<string>();
  /** Unexpected responses. */
  readonly refused: unknown[] = [];
  /** The server that they report to from now on. */
  url: string;
  readonly #options: FleetOptions;
  readonly #working: Promise<void>[];
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  #stopped = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.url = options.url;
    this.#working = Array.from({ length: options.reporters }, () => this.#work());
  }

  /** Resolves when so many more events have been acknowledged. */
  progress(count: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.push({ count: this.acknowledged.size + count, resolve }));
  }

  /** Ends them once their pending requests are answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#working);
  }

  async #work(): Promise<void> {
    const { stepIds, random } = this.#options;
    while (!this.#stopped) {
      await this.#deliver(
        Array.from({ length: random.between(1, 5) }, () => {
          const stepId = stepIds[random.between(0, stepIds.length - 1)] as string;
          const successful = random.chance(0.9);
          return event(stepId, { successful, eventInfo: successful ? null : 'Error: it broke' });
        }),
      );
    }
  }

  async #deliver(events: readonly EventInput[]): Promise<void> {
    for (;;) {
      const answer = await report(this.url, events).catch(() => null);
      if (answer) return this.#take(answer.results);
      await delay(10);
    }
  }

  #take(results: readonly { id: string; outcome: string }[]): void {
    for (const result of results) {
      if (result.outcome === 'REJECTED') this.refused.push(result);
      else this.acknowledged.add(result.id);
    }
    for (const { count, resolve } of this.#waiting) if (this.acknowledged.size >= count) resolve();
  }
}
