import type { NatsConnection, Subscription } from '@nats-io/transport-node';

/** Subjects; each message is its sender's origin. */
const alive = 'stepcast.alive';
const back = 'stepcast.back';
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

  /** `onReturn` is called when a server is back, or given up: what it wrote meanwhile nobody was told of. */
  constructor(connection: NatsConnection, origin: string, onReturn: () => void) {
    this.#connection = connection;
    this.#origin = origin;
    this.#onReturn = onReturn;
    this.#subscriptions = [
      this.#hear(alive, (peer) => this.#see(peer, this.#isMissed(peer))),
      this.#hear(back, (peer) => this.#see(peer, true)),
      this.#hear(gone, (peer) => void this.#seen.delete(peer)),
    ];
    connection.publish(alive, origin);
    this.#timer = setInterval(() => this.#beat(), beat);
  }

  /** Whether every server that was heard of lately is still heard. */
  get present(): boolean {
    return ![...this.#seen.keys()].some((peer) => this.#isMissed(peer));
  }

  /** To be called when this server is connected again: a pause too short for others to miss it lost its hints as well. */
  returned(): void {
    this.#connection.publish(back, this.#origin);
  }

  close(): void {
    clearInterval(this.#timer);
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#connection.publish(gone, this.#origin);
  }

  #hear(subject: string, take: (peer: string) => void): Subscription {
    return this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error) take(message.string());
      },
    });
  }

  #see(peer: string, returned: boolean): void {
    this.#seen.set(peer, performance.now());
    if (returned) this.#onReturn();
  }

  #beat(): void {
    this.#connection.publish(alive, this.#origin);
    const lost = [...this.#seen.keys()].filter((peer) => this.#silence(peer) > memory);
    for (const peer of lost) this.#seen.delete(peer);
    if (lost.length > 0) this.#onReturn();
  }

  #isMissed(peer: string): boolean {
    return this.#silence(peer) > patience;
  }

  /** Milliseconds since it was heard; 0 for one never heard of. */
  #silence(peer: string): number {
    const now = performance.now();
    return now - (this.#seen.get(peer) ?? now);
  }
}
