import { once } from '../domain/once.js';
import type { Forgettable } from './held.js';
import type { Refusals } from './refusals.js';
import { TokenBucket } from './token-bucket.js';

/** How much one address may have and do: what is limited before it is known whose it is. */
export interface AddressSettings {
  readonly socketsPerAddress: number;
  /** Twice as many may come at once. */
  readonly upgradesPerSecond: number;
  /** Credentials that prove wrong; as many may come at once. */
  readonly failedAuthenticationsPerMinute: number;
}

const burstSeconds = 2;

/** What comes from one address. Methods throw a Fault with LIMIT_EXCEEDED and `retryAfterSeconds` where it is too much. */
export class AddressLimits implements Forgettable {
  readonly #settings: AddressSettings;
  readonly #refusals: Refusals;
  readonly #now: () => number;
  readonly #upgrades: TokenBucket;
  readonly #failures: TokenBucket;
  #sockets = 0;

  constructor(settings: AddressSettings, refusals: Refusals, now: () => number) {
    this.#settings = settings;
    this.#refusals = refusals;
    this.#now = now;
    const { upgradesPerSecond, failedAuthenticationsPerMinute: failures } = settings;
    this.#upgrades = new TokenBucket({ perSecond: upgradesPerSecond, burst: burstSeconds * upgradesPerSecond });
    this.#failures = new TokenBucket({ perSecond: failures / 60, burst: failures });
  }

  /** A connection that becomes a websocket, until it is closed. */
  upgrade(): () => void {
    const { upgradesPerSecond, socketsPerAddress } = this.#settings;
    if (this.#sockets >= socketsPerAddress) {
      const message = `expected at most ${socketsPerAddress} websockets from an address, got one more`;
      throw this.#refusals.refuse('sockets_of_address', message);
    }
    const now = this.#now();
    if (!this.#upgrades.take(now)) {
      const message = `expected at most ${upgradesPerSecond} websockets to be opened from an address in a second, got more`;
      throw this.#refusals.refuse('upgrades', message, this.#upgrades.wait(now));
    }
    this.#sockets += 1;
    return once(() => {
      this.#sockets -= 1;
    });
  }

  /** To be called before credentials are judged: whoever guesses is not told any more whether a guess is right. */
  expectFewFailures(): void {
    const now = this.#now();
    if (this.#failures.wait(now) === 0) return;
    const { failedAuthenticationsPerMinute: most } = this.#settings;
    const message = `expected at most ${most} failed authentications from an address in a minute, got more`;
    throw this.#refusals.refuse('failed_authentications', message, this.#failures.wait(now));
  }

  /** To be called when credentials proved wrong. */
  authenticationFailed(): void {
    this.#failures.charge(this.#now());
  }

  get idle(): boolean {
    const now = this.#now();
    return this.#sockets === 0 && this.#upgrades.isFull(now) && this.#failures.isFull(now);
  }
}
