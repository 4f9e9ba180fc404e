import type { TypedDocumentString } from '../../generated/client.js';
import { pause } from '../backoff.js';
import type { StepcastError } from '../errors.js';
import { finalFault } from './faults.js';
import type { Socket } from './socket.js';

/**
 * What a follower knows of its own freshness. `connecting`: nothing has come yet. `catching-up`: connected, but not yet
 * at the newest. `live`: what was yielded is how things are. `stale`: cut off; what was yielded is how things were at
 * `since`, and the follower is trying to come back.
 */
export interface FollowState {
  readonly status: 'connecting' | 'catching-up' | 'live' | 'stale';
  readonly since: Date;
}

/**
 * An endless iteration that survives lost connections. It follows from the moment it is made. `return()` (leaving a
 * `for await`) ends it at once. What the server refuses for good, such as an unknown cluster, is thrown as a
 * StepcastError. It is done when the cluster was deleted.
 */
export interface Following<Item> extends AsyncIterableIterator<Item> {
  readonly state: FollowState;
  /** Calls `listener` with every new state, until the returned function is called or the iteration has ended. */
  onState(listener: (state: FollowState) => void): () => void;
  return(): Promise<IteratorResult<Item>>;
}

/**
 * What became of a message, which was taken in. `newest`: there was no more to say. `more`: another follows at once.
 * `full`: the stream is let go, and resumed once the consumer asks for more.
 */
export type Offered = 'newest' | 'more' | 'full';

/** What has come and was not taken yet: bounded, because newer takes the place of older, or because it can be full. */
export interface Inbox<Data, Item> {
  /** The stream begins, or begins again. True: it has no first message, so being connected is being live. */
  begin(): boolean;
  offer(data: Data): Offered;
  /** The oldest that is new to the consumer, if anything is. */
  take(): Item | undefined;
}

/** Follows one subscription. The inbox keeps `variables` current, so that whatever is sent anew resumes (W1, W4). */
export class Follower<Data, Variables extends object, Item> implements Following<Item> {
  readonly #socket: Socket;
  readonly #payload: { query: string; variables: Record<string, unknown> };
  readonly #inbox: Inbox<Data, Item>;
  readonly #waiting: Waiting<Item>[] = [];
  readonly #listeners = new Set<(state: FollowState) => void>();
  readonly #unlisten: () => void;
  #state: FollowState = { status: 'connecting', since: new Date() };
  #staleSince: Date | null = null;
  #release: (() => void) | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #ended = false;
  #fault: StepcastError | null = null;

  constructor(
    socket: Socket,
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    inbox: Inbox<Data, Item>,
  ) {
    this.#socket = socket;
    this.#payload = { query: document.toString(), variables: variables as Record<string, unknown> };
    this.#inbox = inbox;
    this.#unlisten = socket.listen({ connected: () => this.#onConnected(), lost: (heardAt) => this.#onLost(heardAt) });
    this.#start();
  }

  get state(): FollowState {
    return this.#state;
  }

  onState(listener: (state: FollowState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async next(): Promise<IteratorResult<Item>> {
    const value = this.#inbox.take();
    if (value !== undefined) return { done: false, value };
    if (this.#fault) throw this.#takeFault();
    if (this.#ended) return { done: true, value: undefined };
    const isPaused = !this.#release && !this.#retry;
    if (isPaused) this.#start();
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  async return(): Promise<IteratorResult<Item>> {
    this.#end();
    while (this.#inbox.take() !== undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #start() {
    this.#retry = undefined;
    // What was let go may still have messages on their way: each subscription speaks only while it is the current one.
    const release: () => void = this.#socket.subscribe<Data>(this.#payload, {
      next: ({ data, errors }) => {
        if (this.#release !== release) return;
        if (data && !errors) this.#onMessage(data);
        else this.#onError(errors);
      },
      error: (error) => this.#release === release && this.#onError(error),
      complete: () => this.#release === release && this.#end(),
    });
    this.#release = release;
    if (this.#socket.connected) this.#onConnected();
  }

  #stop() {
    const release = this.#release;
    this.#release = null;
    release?.();
  }

  #onConnected() {
    if (!this.#release) return;
    if (this.#inbox.begin()) this.#setState('live');
    else this.#setState('catching-up');
    this.#serve();
  }

  #onLost(heardAt: Date) {
    if (this.#state.status === 'live') this.#staleSince = heardAt;
    if (this.#staleSince) this.#setState('stale', this.#staleSince);
    else this.#setState('connecting');
  }

  #onMessage(data: Data) {
    this.#failures = 0;
    const taken = this.#inbox.offer(data);
    if (taken === 'full') this.#stop();
    // Should the rest not come: what was yielded is how things were by now.
    if (taken !== 'newest') this.#staleSince = new Date();
    this.#setState(taken === 'newest' ? 'live' : 'catching-up');
    this.#serve();
  }

  #onError(error: unknown) {
    const fault = finalFault(error);
    if (fault) return this.#end(fault);
    this.#stop();
    this.#onLost(new Date());
    this.#retry = setTimeout(() => this.#start(), pause(this.#failures++));
  }

  #serve() {
    while (this.#waiting.length > 0) {
      const value = this.#inbox.take();
      if (value === undefined) return;
      this.#waiting.shift()?.resolve({ done: false, value });
    }
  }

  #end(fault: StepcastError | null = null) {
    if (this.#ended) return;
    this.#ended = true;
    this.#fault = fault;
    clearTimeout(this.#retry);
    this.#stop();
    this.#unlisten();
    this.#listeners.clear();
    for (const { resolve, reject } of this.#waiting.splice(0)) {
      if (this.#fault) reject(this.#takeFault());
      else resolve({ done: true, value: undefined });
    }
  }

  /** Thrown once; after it, the iteration is done. */
  #takeFault(): StepcastError | null {
    const fault = this.#fault;
    this.#fault = null;
    return fault;
  }

  #setState(status: FollowState['status'], since = new Date()) {
    if (status === this.#state.status) return;
    this.#state = { status, since };
    for (const listener of this.#listeners) listener(this.#state);
  }
}

interface Waiting<Item> {
  resolve(result: IteratorResult<Item>): void;
  reject(error: unknown): void;
}
