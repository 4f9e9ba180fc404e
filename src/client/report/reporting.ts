import type { Api } from '../api.js';
import type { Outbox } from './outbox.js';

/** What the operations and steps of one reporter share: how they reach the server, and where a failure to do so goes. */
export interface Reporting {
  readonly api: Api;
  readonly outbox: Outbox;
  /**
   * Starts a stopwatch: milliseconds since now, by a clock that nobody sets (S9). To be read when a report is sent, which
   * may be long after, while the server is away. `already`: milliseconds that had passed before.
   */
  ageFromNow(already?: number): () => number;
  /** Tells what the reporter does meanwhile, such as waiting for another operation; never throws. */
  notice(message: string): void;
  /** Passes an error to the reporter's `onProblem`; never throws (E7). */
  problem(error: unknown): void;
}
