import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node';
import { decodeNotice, emptyNotice, encodeNotice } from '../domain/hint.js';
import type { Bus, Hint, Log, Topic } from '../domain/ports.js';
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
  const bus = new NatsBus(connection, origin, log);
  await bus.examine();
  return bus;
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
 * Hints by NATS, a subject for each cluster: a server gets only those it has followers for. `healthy` speaks of this
 * server's own connection: NATS may lose a message, or not reach a server at all, without an error.
 */
class NatsBus implements Bus {
  readonly #connection: NatsConnection;
  readonly #origin: string;
  readonly #log: Log;
  readonly #topics = new Topics();
  readonly #unsubscribe = new Map<string, () => void>();
  readonly #healed = new Set<() => void>();
  #connected = true;
  /** Whether NATS has refused something on this connection: logged once, until it is made anew. */
  #refused = false;

  constructor(connection: NatsConnection, origin: string, log: Log) {
    this.#connection = connection;
    this.#origin = origin;
    this.#log = log;
    void this.#watch();
  }

  get healthy(): boolean {
    return this.#connected && !this.#refused;
  }

  publish(hints: readonly Hint[]): void {
    if (!this.#connected) return;
    for (const hint of hints) {
      const subject = subjectOf(hint);
      if (subject === null) continue;
      for (const text of encodeNotice({ origin: this.#origin, hints: [hint] }, largest)) {
        this.#connection.publish(subject, text);
      }
    }
  }

  subscribe(topic: Topic, listener: (hint: Hint | null) => void): () => void {
    const subject = subjectOf(topic);
    if (subject === null) return () => {};
    if (this.#topics.add(topic, listener)) this.#listen(topic, subject);
    return () => {
      if (!this.#topics.remove(topic, listener)) return;
      this.#unsubscribe.get(subject)?.();
      this.#unsubscribe.delete(subject);
    };
  }

  onHealed(listener: () => void): () => void {
    this.#healed.add(listener);
    return () => void this.#healed.delete(listener);
  }

  async close(): Promise<void> {
    this.#healed.clear();
    this.#connected = false;
    await this.#connection.close();
  }

  /** Whether it may publish and subscribe is asked with the first words, not left for the first commit to find out. */
  async examine(): Promise<void> {
    const subscription = this.#connection.subscribe(examined, { callback: () => {} });
    this.#connection.publish(examined, emptyNotice(this.#origin));
    await this.#connection.flush();
    subscription.unsubscribe();
  }

  #listen(topic: Topic, subject: string): void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        // A refusal: `#watch` is told of it as well.
        if (error) return;
        const { hints } = decodeNotice(message.string());
        // A hint comes once for its cluster's followers and once for its tenant's, by a subscription each.
        if (hints === null) this.#topics.tellAll();
        else for (const hint of hints) this.#topics.tell(topic, hint);
      },
    });
    this.#unsubscribe.set(subject, () => subscription.unsubscribe());
    // NATS takes a moment to attach: whoever listens by then looks once when it surely has.
    this.#whenReached(() => this.#topics.tell(topic, null));
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') this.#lost();
      else if (status.type === 'reconnect') this.#reconnected();
      else if (status.type === 'error') this.#failed(status.error);
    }
  }

  #lost(): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#log.warn({}, 'the connection to NATS was lost: until it is restored, hints arrive by PostgreSQL only');
  }

  /** The client has sent its subscriptions again; they hold once NATS has answered. */
  #reconnected(): void {
    this.#refused = false;
    this.examine().then(
      () => {
        this.#connected = true;
        if (this.#refused) return;
        this.#log.info({}, 'the connection to NATS was restored');
        for (const listener of this.#healed) listener();
      },
      // Lost again meanwhile: the next connection is told of.
      () => {},
    );
  }

  #failed(error: Error): void {
    if (this.#refused) return;
    this.#refused = true;
    const message =
      'NATS refuses the subjects of hints, which arrive by PostgreSQL only: the user in NATS_URL needs to publish and subscribe to "stepcast.hint.>"';
    this.#log.warn({ reason: error.message }, message);
  }

  /** Calls back once NATS has taken everything sent so far; not at all if the connection is lost before. */
  #whenReached(then: () => void): void {
    this.#connection.flush().then(then, () => {});
  }
}

/** A subject that no cluster has. */
const examined = 'stepcast.hint.examined.examined';

/**
 * A tenant's name may have any character, a subject's token may not; and an id is whatever a caller asked for. Null where
 * nobody can hint at it: an id that is no token names no cluster, and NATS closes connections for longer subjects.
 */
function subjectOf({ tenantId, id }: Topic): string | null {
  if (id !== null && !/^[\w-]{1,64}$/.test(id)) return null;
  const subject = `stepcast.hint.t${Buffer.from(tenantId).toString('base64url')}.${id ?? '*'}`;
  return subject.length <= 1_000 ? subject : null;
}
