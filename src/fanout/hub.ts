import { keyOf, type Ref } from '../domain/cluster.js';
import { notFound } from '../domain/errors.js';
import type { ClusterChange } from '../domain/needs.js';
import { type EventStreamFilter, startOver } from './events.js';
import { Feed, type FeedOptions } from './feed.js';
import { Following } from './following.js';
import { TenantFeed } from './tenant.js';

/** How often, in milliseconds, the store is asked what hints may have failed to say. */
const netInterval = 1_000;

/**
 * What is followed on this server: one feed per cluster or tenant that has readers, whatever their number. Follows the
 * commits of this server by `announce`, those of others by the bus, and with neither by asking (W6).
 */
export class Hub {
  readonly #options: FeedOptions;
  readonly #feeds = new Shared<Feed>();
  readonly #tenants = new Shared<TenantFeed>();
  readonly #net: NodeJS.Timeout;
  readonly #detach: () => void;
  #casting = false;
  /** Whether something was left unsaid that the store has not made good yet. */
  #doubtful = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#net = setInterval(() => void this.#cast(), netInterval);
    this.#net.unref();
    this.#detach = options.bus.onHealed(() => {
      this.#doubtful = true;
      void this.#cast();
    });
  }

  /** The clusters and tenants followed. */
  get size(): number {
    return this.#feeds.size + this.#tenants.size;
  }

  /** W1: a cluster's state, from a revision on if given. Unknown cluster: NOT_FOUND. */
  async progress(ref: Ref, after: number | null): Promise<Following> {
    const { feed, release } = await this.#open(ref);
    return guarded(release, async () => {
      if (after !== null && after > feed.head) await feed.heal();
      return new Following(feed.progress, after, feed.groups, release);
    });
  }

  /** W4: a cluster's log, from a revision on if given. Unknown cluster or step: NOT_FOUND. */
  async events(ref: Ref, filter: EventStreamFilter, after: number | null): Promise<Following> {
    const { feed, release } = await this.#open(ref);
    return guarded(release, async () => {
      if (after !== null && after > feed.head) await feed.heal();
      const position = after !== null && after > feed.head ? startOver : after;
      return new Following(feed.log(filter), position, feed.groups, release);
    });
  }

  /** Every cluster of a tenant as it changes from now on. */
  async changes(tenantId: string): Promise<Following> {
    // Where a reader begins is where the feed stands when it comes, not when the feed is loaded.
    const position = this.#tenants.get(tenantId)?.head ?? 0;
    const { feed, release } = await this.#tenants.open(tenantId, () => new TenantFeed(tenantId, this.#options));
    return new Following(feed, position, feed.groups, release, false);
  }

  /** A commit of this server, told to its readers and to other servers: to be called in the order of commits. */
  announce = (changes: readonly ClusterChange[]): void => {
    for (const change of changes) {
      this.#feeds.get(keyOf(change.cluster))?.offer(change);
      this.#tenants.get(change.cluster.tenantId)?.offer(change);
    }
    this.#publish(changes);
  };

  /** A commit may have been made that nobody was told of: the net looks at its next round, other servers at once. */
  suspect = (changes: readonly ClusterChange[]): void => {
    this.#doubtful = true;
    this.#publish(changes);
  };

  close(): void {
    clearInterval(this.#net);
    this.#detach();
    this.#feeds.close();
    this.#tenants.close();
  }

  #publish(changes: readonly ClusterChange[]): void {
    this.#options.bus.publish(changes.map(({ cluster }) => cluster));
  }

  async #open(ref: Ref) {
    const { feed, release } = await this.#feeds.open(keyOf(ref), () => new Feed(ref, this.#options));
    if (!feed.ended) return { feed, release };
    release();
    throw notFound('a cluster', ref.id);
  }

  /** The net: while hints cannot be trusted, asks in one statement how far the followed clusters have come. */
  async #cast(): Promise<void> {
    // Lost hints that are told of during a round may be newer than what it reads: the next round sees to them.
    if (this.#casting) return;
    const doubtful = this.#doubtful || !this.#options.bus.healthy;
    const feeds = this.#feeds.all().filter((feed) => doubtful || feed.behind || feed.troubled);
    const tenants = this.#tenants.all().filter((feed) => doubtful || feed.behind);
    this.#casting = true;
    this.#doubtful = false;
    try {
      for (const tenant of tenants) tenant.compare();
      if (feeds.length > 0) await this.#compare(feeds);
    } catch {
      // The store cannot be reached: asked again at the next round.
      this.#doubtful ||= doubtful;
    } finally {
      this.#casting = false;
    }
  }

  async #compare(feeds: readonly Feed[]): Promise<void> {
    const hints = await this.#options.library.revisions(feeds.map((feed) => feed.ref));
    const reached = new Map(hints.map((hint) => [keyOf(hint), hint.revision]));
    for (const feed of feeds) {
      feed.hear(reached.get(keyOf(feed.ref)) ?? null);
      feed.flush();
    }
  }
}

/** Feeds by key, shared by all who hold them, loaded once, closed with the last. */
class Shared<F extends { load(): Promise<void>; close(): void }> {
  readonly #held = new Map<string, { feed: F; loaded: Promise<void>; holders: number }>();

  get size(): number {
    return this.#held.size;
  }
  get(key: string): F | undefined {
    return this.#held.get(key)?.feed;
  }
  all(): F[] {
    return [...this.#held.values()].map(({ feed }) => feed);
  }

  async open(key: string, make: () => F): Promise<{ feed: F; release: () => void }> {
    const held = this.#held.get(key) ?? this.#add(key, make());
    held.holders += 1;
    const release = once(() => {
      held.holders -= 1;
      if (held.holders > 0) return;
      if (this.#held.get(key) === held) this.#held.delete(key);
      held.feed.close();
    });
    await guarded(release, () => held.loaded);
    return { feed: held.feed, release };
  }

  close(): void {
    for (const { feed } of this.#held.values()) feed.close();
    this.#held.clear();
  }

  #add(key: string, feed: F) {
    const held = { feed, loaded: feed.load(), holders: 0 };
    held.loaded.catch(() => this.#held.get(key) === held && this.#held.delete(key));
    this.#held.set(key, held);
    return held;
  }
}

async function guarded<T>(release: () => void, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    release();
    throw error;
  }
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
