import type { Log } from './domain/ports.js';

export interface Closable {
  close(): void | Promise<void>;
}

/** Milliseconds that closing one thing may take. */
const deadlineMs = 5_000;

/**
 * What is open, to be closed in the opposite order. One that throws, or does not end in time, keeps none of the rest
 * open.
 */
export class Closers {
  readonly #closers: [string, Closable][] = [];

  constructor(
    readonly log: Log,
    readonly timeoutMs: number = deadlineMs,
  ) {}

  add<T extends Closable>(name: string, thing: T): T {
    this.#closers.push([name, thing]);
    return thing;
  }

  /** Throws, once all have been tried, an AggregateError of what could not be closed. */
  async close(): Promise<void> {
    const faults: unknown[] = [];
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      const [name, thing] = closer;
      try {
        await this.#inTime(name, thing);
      } catch (error) {
        this.log.error({ err: error }, `${name} could not be closed`);
        faults.push(error);
      }
    }
    if (faults.length > 0) throw new AggregateError(faults, `${faults.length} of what was open could not be closed`);
  }

  async #inTime(name: string, thing: Closable): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error(`expected ${name} to be closed within ${this.timeoutMs} ms, and it was not`);
      timer = setTimeout(() => reject(error), this.timeoutMs);
    });
    try {
      await Promise.race([thing.close(), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
