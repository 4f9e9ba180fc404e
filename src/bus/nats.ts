import { connect, type NatsConnection } from '@nats-io/transport-node';
import { decodeNotice, encodeNotice } from '../domain/hint.js';
import type { Bus, Hint, Log, Topic } from '../domain/ports.js';
import { Peers } from './peers.js';
import { Topics } from './topics.js';

export interface NatsBusOptions {
  /** `nats://host:4222`, several with commas. */
  readonly servers: string;
  readonly origin: string;
  readonly log: Log;
}

/** Bytes of a notice. */
const largest = 64 * 1024;

/** Throws when NATS cannot be reached within 5 s at the start; later it comes back by itself. */
export async function createNatsBus({ servers, origin, log }: NatsBusOptions): Promise<Bus> {
  const connection = await connect({
    servers: servers.split(','),
    noEcho: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 200,
    pingInterval: 2_000,
    maxPingOut: 2,
    timeout: 5_000,
  }).catch((error) => {
    throw new Error(`expected NATS to answer at NATS_URL within 5 s, got: ${error.message}`, { cause: error });
  });
  return new NatsBus(connection, origin, log);
}

/**
 * Hints by NATS, a subject for each cluster: a server gets only those it has readers for. NATS may lose a message, so
 * what tells that hints may be missing is its own connection, and the other servers' signs of life.
 */
class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #origin: string;
  readonly #topics = new Topics();
  readonly #unsubscribe = new Map<string, () => void>();
  readonly #healed = new Set<() => void>();
  readonly #peers: Peers;
  #connected = true;

  constructor(connection: NatsConnection, origin: string, log: Log) {
    this.#connection = connection;
    this.#origin = origin;
    this.#peers = new Peers(connection, origin, () => this.#heal());
    void this.#watch(log);
  }

  get healthy(): boolean {
    return this.#connected && this.#peers.present;
  }

  publish(hints: readonly Hint[]): void {
    if (!this.#connected) return;
    for (const hint of hints) {
      this.#connection.publish(subject(hint), encodeNotice({ origin: this.#origin, hints: [hint] }, largest));
    }
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    if (this.#topics.add(topic, listener)) this.#listen(topic, listener);
    return () => {
      if (!this.#topics.remove(topic, listener)) return;
      this.#unsubscribe.get(subject(topic))?.();
      this.#unsubscribe.delete(subject(topic));
    };
  }

  onHealed(listener: () => void): () => void {
    this.#healed.add(listener);
    return () => void this.#healed.delete(listener);
  }

  async close(): Promise<void> {
    this.#healed.clear();
    this.#peers.close();
    if (this.#connected) await this.#connection.flush().catch(() => {});
    await this.#connection.close();
  }

  #listen(topic: Topic, listener: (hint: null) => void): void {
    const subscription = this.#connection.subscribe(subject(topic), {
      callback: (error, message) => {
        if (error) return;
        const { hints } = decodeNotice(message.string());
        // A hint reaches those who follow its cluster and those who follow its tenant by a subject each.
        if (hints === null) this.#topics.tellAll();
        else for (const hint of hints) this.#topics.tellTopic(topic, hint);
      },
    });
    this.#unsubscribe.set(subject(topic), () => subscription.unsubscribe());
    // NATS takes a moment to attach: whoever listens looks once when it surely has.
    this.#connection.flush().then(
      () => listener(null),
      () => {},
    );
  }

  async #watch(log: Log): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') {
        this.#connected = false;
        log.warn({}, 'the connection to NATS was lost: followers ask the database meanwhile');
      } else if (status.type === 'reconnect') {
        this.#connected = true;
        this.#heal();
      }
    }
  }

  #heal(): void {
    for (const listener of this.#healed) listener();
  }
}

/** A tenant's name may have any character, a subject's token may not. */
const subject = ({ tenantId, id }: Topic) =>
  `stepcast.hint.${Buffer.from(tenantId).toString('base64url')}.${id ?? '*'}`;
