import type { StepcastError } from '../errors.js';

/**
 * How current a follower is. `connecting`: nothing was received yet. `catching-up`: connected, but not yet at the newest
 * state. `live`: what was yielded is the current state. `stale`: disconnected, and reconnecting, or the server has
 * lost its database; what was yielded is the state as of `since`. `polling`: no websocket can be opened, as behind a proxy
 * that lets none through, and the server is asked every two seconds instead; what was yielded is the state as of then.
 * `signed-out`: the server does not accept the token; another one is asked for, at growing intervals and whenever `reconnect` is
 * called, and what was yielded is the state as of `since`.
 */
export interface FollowState {
  readonly status: 'connecting' | 'catching-up' | 'live' | 'polling' | 'stale' | 'signed-out';
  readonly since: Date;
}

/**
 * An iteration that survives lost connections. It subscribes when it is created. `return()` (leaving a `for await`) ends
 * it at once. It throws a StepcastError for what cannot be retried, such as an unknown cluster, or a token that is not accepted
 * when no function returns another (UNAUTHENTICATED), and is done when the cluster was deleted.
 */
export interface Following<Item> extends AsyncIterableIterator<Item> {
  readonly state: FollowState;
  /** Calls `listener` with every new state, until the returned function is called or the iteration has ended. */
  onState(listener: (state: FollowState) => void): () => void;
  return(): Promise<IteratorResult<Item>>;
}

/**
 * The consumer's side of a follower: consumers that wait, and listeners to its state. A subclass offers what it has by
 * `take`, calls `serve` when there is more, and `end` once. Invariant: no consumer waits while there is an item, or
 * after the end.
 */
export abstract class Iteration<Item> implements Following<Item> {
  readonly #waiting: Waiting<Item>[] = [];
  readonly #listeners = new Set<(state: FollowState) => void>();
  #state: FollowState = { status: 'connecting', since: new Date() };
  #ended = false;
  #fault: StepcastError | null = null;

  get state(): FollowState {
    return this.#state;
  }

  onState(listener: (state: FollowState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async next(): Promise<IteratorResult<Item>> {
    const value = this.take();
    if (value !== undefined) return { done: false, value };
    if (this.#fault) throw this.#takeFault();
    if (this.#ended) return { done: true, value: undefined };
    this.awaited();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async return(): Promise<IteratorResult<Item>> {
    this.end();
    while (this.take() !== undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Removes and returns the oldest item that the consumer has not seen; undefined when there is none. */
  protected abstract take(): Item | undefined;
  /** Lets go of whatever is open. Called once. */
  protected abstract release(): void;
  /** A consumer is about to wait. */
  protected awaited(): void {}

  protected serve(): void {
    while (this.#waiting.length > 0) {
      const value = this.take();
      if (value === undefined) return;
      this.#waiting.shift()?.resolve({ done: false, value });
    }
  }

  protected end(fault: StepcastError | null = null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#fault = fault;
    this.release();
    this.#listeners.clear();
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#fault) reject(this.#takeFault());
      else resolve({ done: true, value: undefined });
    }
  }

  protected setState(status: FollowState['status'], since = new Date()): void {
    if (status === this.#state.status) return;
    this.#state = { status, since };
    for (const listener of this.#listeners) listener(this.#state);
  }

  /** It is thrown once; then the iteration is done. */
  #takeFault(): StepcastError | null {
    const fault = this.#fault;
    this.#fault = null;
    return fault;
  }
}

interface Waiting<Item> {
  resolve(result: IteratorResult<Item>): void;
  reject(error: unknown): void;
}
