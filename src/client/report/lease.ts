import type { Api } from '../api.js';
import { repetition } from '../retry.js';

/** Seconds: longer than a process is ever busy or a server restarted, short enough to notice that a reporter is dead. */
export const defaultLease = 120;

/**
 * O7: keeps an operation alive while there is nothing to report, by a heartbeat at every third of its lease. One that is
 * lost is no problem: the next one, or any report, renews the lease, and an operation that its lease ended comes back.
 * Does not keep the process alive, so that one whose work is done may end.
 */
export class Heartbeat {
  readonly #api: Api;
  readonly #problem: (error: unknown) => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** `problem` is called once, when the server says that there is nothing left to keep alive. */
  constructor(api: Api, problem: (error: unknown) => void) {
    this.#api = api;
    this.#problem = problem;
  }

  start(operationId: string, leaseSeconds: number): void {
    if (leaseSeconds === 0) return;
    this.#timer = setInterval(() => this.#beat(operationId), (leaseSeconds * 1000) / 3);
    if (typeof this.#timer === 'object') this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #beat(operationId: string): Promise<void> {
    try {
      await this.#api.heartbeat({ operationId });
    } catch (error) {
      if (repetition(error) !== 'none') return;
      this.stop();
      this.#problem(error);
    }
  }
}
