import type { NatsConnection, Subscription } from '@nats-io/transport-node';

const alive = 'stepcast.alive';
const gone = 'stepcast.gone';

/** Milliseconds: between signs of life; until a silent server is missed; until it is given up. */
const beat = 500;
const patience = 1_500;
const memory = 60_000;

/**
 * The other servers' signs of life. One that falls silent without a goodbye may have lost its way to NATS while it goes
 * on writing: until it is back, or given up, hints are not to be trusted.
 */
export class Peers {
  readonly #connection: NatsConnection;
  readonly #origin: string;
  readonly #onReturn: () => void;
  readonly #seen = new Map<string, number>();
  readonly #subscriptions: Subscription[];
  readonly #timer: NodeJS.Timeout;

  constructor(connection: NatsConnection, origin: string, onReturn: () => void) {
    this.#connection = connection;
    this.#origin = origin;
    this.#onReturn = onReturn;
    this.#subscriptions = [
      connection.subscribe(alive, { callback: (_, message) => this.#see(message.string()) }),
      connection.subscribe(gone, { callback: (_, message) => void this.#seen.delete(message.string()) }),
    ];
    this.#timer = setInterval(() => connection.publish(alive, origin), beat);
    connection.publish(alive, origin);
  }

  /** Whether every server that was heard of lately is still heard. */
  get present(): boolean {
    const now = performance.now();
    for (const [peer, seen] of this.#seen) {
      if (now - seen > memory) this.#seen.delete(peer);
      else if (now - seen > patience) return false;
    }
    return true;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    if (!this.#connection.isClosed()) this.#connection.publish(gone, this.#origin);
  }

  #see(peer: string): void {
    const missed = performance.now() - (this.#seen.get(peer) ?? performance.now()) > patience;
    this.#seen.set(peer, performance.now());
    if (missed) this.#onReturn();
  }
}
