import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node';
import { decodeNotice, encodeNotice } from '../domain/hint.js';
import type { Bus, Hint, Log, Topic } from '../domain/ports.js';
import { Peers } from './peers.js';
import { Topics } from './topics.js';

export interface NatsBusOptions {
  /** `nats://user:password@host:4222`, several with commas; `tls://` insists on TLS. */
  readonly servers: string;
  readonly origin: string;
  readonly log: Log;
}

/** Bytes of a notice. */
const largest = 64 * 1024;

/** Throws when NATS cannot be reached within 5 s at the start; later it comes back by itself. */
export async function createNatsBus({ servers, origin, log }: NatsBusOptions): Promise<Bus> {
  const connection = await connect({
    ...access(servers),
    noEcho: true,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 200,
    reconnectJitter: 200,
    reconnectJitterTLS: 200,
    pingInterval: 2_000,
    maxPingOut: 2,
    timeout: 5_000,
  }).catch((error) => {
    throw new Error(`expected NATS to answer at NATS_URL within 5 s, got: ${error.message}`, { cause: error });
  });
  return new NatsBus(connection, origin, log);
}

/** The client wants credentials beside the addresses, not in them. A name alone is a token. */
function access(servers: string): ConnectionOptions {
  const urls = servers.split(',').map((server) => new URL(server));
  const { username, password, protocol } = urls[0] as URL;
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return {
    servers: urls.map(({ host }) => host),
    ...(pass ? { user, pass } : user ? { token: user } : {}),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
  };
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
    if (!isSubject(topic)) return () => {};
    if (this.#topics.add(topic, listener)) this.#listen(topic);
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
    this.#connected = false;
    await this.#connection.close();
  }

  #listen(topic: Topic): void {
    const subscription = this.#connection.subscribe(subject(topic), {
      callback: (error, message) => {
        if (error) return;
        const { hints } = decodeNotice(message.string());
        // A hint comes once for its cluster's followers and once for its tenant's, by a subscription each.
        if (hints === null) this.#topics.tellAll();
        else for (const hint of hints) this.#topics.tell(topic, hint);
      },
    });
    this.#unsubscribe.set(subject(topic), () => subscription.unsubscribe());
    // NATS takes a moment to attach: whoever listens by then looks once when it surely has.
    this.#whenReached(() => this.#topics.tell(topic, null));
  }

  async #watch(log: Log): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect') {
        this.#connected = false;
        log.warn({}, 'the connection to NATS was lost: followers ask the database meanwhile');
      } else if (type === 'reconnect') {
        // The client has sent its subscriptions again; they hold once NATS has answered.
        this.#whenReached(() => this.#return());
      }
    }
  }

  #return(): void {
    this.#connected = true;
    this.#peers.returned();
    this.#heal();
  }

  #heal(): void {
    for (const listener of this.#healed) listener();
  }

  /** Calls back once NATS has taken everything sent so far; not at all if the connection is lost before. */
  #whenReached(then: () => void): void {
    this.#connection.flush().then(then, () => {});
  }
}

/** A tenant's name may have any character, a subject's token may not. */
const subject = ({ tenantId, id }: Topic) =>
  `stepcast.hint.${Buffer.from(tenantId).toString('base64url')}.${id ?? '*'}`;

/** An id is whatever a caller asked for. One that is no token of a subject names no cluster, so nobody hints at it. */
const isSubject = ({ id }: Topic) => id === null || /^[\w-]{1,64}$/.test(id);
