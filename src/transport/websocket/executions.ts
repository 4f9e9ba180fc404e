import type { Operation } from './operation.js';
import type { Writer } from './writer.js';

/** Executed at the same time, of one socket. */
const most = 4;

/**
 * The queries and mutations of one connection: a few are executed at a time, in the order in which they came, and none is
 * begun while the client leaves too much unread.
 */
export class Executions {
  readonly #writer: Writer;
  #executing = 0;
  /** What waits for its turn. */
  readonly #queue = new Map<Operation, () => Promise<void>>();
  /** Those that were executed, and wait until they may be answered. */
  readonly #executed = new Set<() => void>();

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  /** Does the work, which does not reject, once it is its turn. */
  add(operation: Operation, execute: () => Promise<void>): void {
    this.#queue.set(operation, execute);
    this.#advance();
  }

  /** What has not begun is not done any more. */
  drop(operation: Operation): void {
    this.#queue.delete(operation);
  }

  /** To be called when all that waited on the socket has been taken. */
  wake(): void {
    for (const resume of this.#executed) resume();
    this.#advance();
  }

  /** Resolves when an answer may be written, or the signal is aborted. */
  async writable(signal: AbortSignal): Promise<void> {
    while (this.#writer.congested && !signal.aborted) await this.#drained(signal);
  }

  #advance(): void {
    for (const [operation, execute] of this.#queue) {
      if (this.#executing >= most || this.#writer.congested) return;
      this.#queue.delete(operation);
      void this.#execute(execute);
    }
  }

  async #execute(execute: () => Promise<void>): Promise<void> {
    this.#executing += 1;
    await execute();
    this.#executing -= 1;
    this.#advance();
  }

  async #drained(signal: AbortSignal): Promise<void> {
    let resume = () => {};
    const resumed = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.#executed.add(resume);
    signal.addEventListener('abort', resume);
    await resumed;
    this.#executed.delete(resume);
    signal.removeEventListener('abort', resume);
  }
}
