import { once } from '../domain/once.js';
import type { Forgettable } from './held.js';
import type { Refusals } from './refusals.js';
import { TokenBucket } from './token-bucket.js';

/** How much one caller may have and do, whatever the number of its connections. */
export interface CallerSettings {
  /** HTTP requests, and operations on websockets; twice as many may come at once. */
  readonly requestsPerSecond: number;
  /** Objects that queries, mutations and first messages come to, by the cost of their documents. */
  readonly costPerMinute: number;
  /** HTTP requests, and queries and mutations on websockets, that are not answered yet. */
  readonly requestsUnderWay: number;
  readonly socketsPerCaller: number;
  /** Objects in one message of each of its open subscriptions, together. */
  readonly subscribedNodes: number;
}

/** Seconds' worth of requests that may come at once. */
const burstSeconds = 2;

/**
 * What one caller has and does. Each method takes what it says, or throws a Fault with LIMIT_EXCEEDED and `retryAfterSeconds`,
 * and takes nothing. What is held is let go of by the function that is returned, which may be called more than once.
 */
export class CallerLimits implements Forgettable {
  readonly #settings: CallerSettings;
  readonly #refusals: Refusals;
  readonly #now: () => number;
  readonly #requests: TokenBucket;
  readonly #cost: TokenBucket;
  #underWay = 0;
  #sockets = 0;
  #subscribed = 0;

  constructor(settings: CallerSettings, refusals: Refusals, now: () => number) {
    this.#settings = settings;
    this.#refusals = refusals;
    this.#now = now;
    const { requestsPerSecond, costPerMinute } = settings;
    this.#requests = new TokenBucket({ perSecond: requestsPerSecond, burst: burstSeconds * requestsPerSecond });
    this.#cost = new TokenBucket({ perSecond: costPerMinute / 60, burst: costPerMinute });
  }

  /** A request or an operation, until it is answered. */
  beginRequest(): () => void {
    const { requestsPerSecond, requestsUnderWay: most } = this.#settings;
    if (this.#underWay >= most) {
      const message = `expected at most ${most} requests of a caller under way, got one more`;
      throw this.#refusals.refuse('requests_under_way', message);
    }
    const now = this.#now();
    if (!this.#requests.take(now)) {
      const message = `expected at most ${requestsPerSecond} requests of a caller in a second, got more`;
      throw this.#refusals.refuse('requests', message, this.#requests.wait(now));
    }
    this.#underWay += 1;
    return once(() => {
      this.#underWay -= 1;
    });
  }

  /** What an operation is about to cost, in objects. */
  charge(nodes: number): void {
    const now = this.#now();
    const cost = Math.max(1, nodes);
    if (this.#cost.take(now, cost)) return;
    const { costPerMinute } = this.#settings;
    const message = `expected a caller to ask for at most ${costPerMinute} objects in a minute, got ${cost} more`;
    throw this.#refusals.refuse('cost', message, this.#cost.wait(now, cost));
  }

  /** A websocket, until it is closed. */
  openSocket(): () => void {
    const { socketsPerCaller: most } = this.#settings;
    if (this.#sockets >= most) {
      throw this.#refusals.refuse('sockets_of_caller', `expected at most ${most} websockets of a caller, got one more`);
    }
    this.#sockets += 1;
    return once(() => {
      this.#sockets -= 1;
    });
  }

  /** A subscription with messages of so many objects, until it ends. */
  openSubscription(nodes: number): () => void {
    const { subscribedNodes: most } = this.#settings;
    const price = Math.max(1, nodes);
    if (this.#subscribed + price > most) {
      const message = `expected the messages of a caller's open subscriptions to have at most ${most} objects together, got ${this.#subscribed + price}`;
      throw this.#refusals.refuse('subscribed_nodes', message);
    }
    this.#subscribed += price;
    return once(() => {
      this.#subscribed -= price;
    });
  }

  get idle(): boolean {
    const now = this.#now();
    const holdsNothing = this.#underWay === 0 && this.#sockets === 0 && this.#subscribed === 0;
    return holdsNothing && this.#requests.isFull(now) && this.#cost.isFull(now);
  }
}
