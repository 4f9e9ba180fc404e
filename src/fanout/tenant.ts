import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Cluster } from '../domain/cluster.js';
import type { ClusterFilter, Hint, ReadStore } from '../domain/ports.js';
import type { ClusterChange } from '../domain/write-set.js';
import { Changes } from './changes.js';
import type { DatabaseClock } from './clock.js';
import type { FeedOptions } from './feed-options.js';
import { Groups } from './groups.js';
import { TenantStream } from './tenant-stream.js';
import { Throttle } from './throttle.js';

/** What a subscriber may be behind by; and how many deleted clusters' revisions are known, to tell repeated hints by. */
const kept = { clusters: 10_000, bytes: 16 * 1024 * 1024, deleted: 10_000 };

/** Clusters that are read in one statement. */
const portion = 1_000;

/**
 * All clusters of a tenant as they change, on this server, coalesced per cluster. The position counts changes; it means
 * nothing on another server or after a pause, so a subscriber begins at the head. Invariant: what has changed beyond
 * `#revisions` is heard of, or in doubt. Made, loaded and closed by the hub.
 */
export class TenantFeed {
  readonly groups: Groups;
  readonly tenantId: string;
  readonly readStore: ReadStore;
  readonly clock: DatabaseClock;
  readonly changes = new Changes(kept);
  readonly #options: FeedOptions;
  readonly #throttle: Throttle;
  readonly #detach: () => void;
  /** Of each cluster that is there. */
  readonly #revisions = new Map<string, number>();
  /** Of those deleted last, the oldest first. */
  readonly #deleted = new Map<string, number>();
  #heard: Set<string> = new Set();
  #doubtful = false;
  #loaded = false;
  #retrying = false;
  #reading: Promise<void> | null = null;

  constructor(tenantId: string, options: FeedOptions) {
    this.tenantId = tenantId;
    this.readStore = options.readStore;
    this.clock = options.clock;
    this.#options = options;
    this.groups = new Groups(options);
    this.#throttle = new Throttle(options.interval, () => void this.#flush());
    this.#detach = options.bus.subscribe({ tenantId, id: null }, (hint) => (hint ? this.#hear(hint) : this.doubt()));
  }

  /** Whether revisions are to be compared, or what was heard of is still to be read; not before it is loaded. */
  isUnsettled(fallback: boolean): boolean {
    this.#doubtful ||= fallback;
    return this.#loaded && (this.#doubtful || this.#retrying || this.#heard.size > 0);
  }

  /** Reads where each cluster stands, so that later changes can be told from it. */
  async load(): Promise<void> {
    const hints = await this.#options.readStore.revisionsOf([this.tenantId]);
    // What was heard of meanwhile has changed since a subscriber came: it is to be sent, though the read has seen it.
    for (const { id, revision } of hints) {
      if (!this.#heard.has(id) && revision > this.#revisionOf(id)) this.#revisions.set(id, revision);
    }
    this.#loaded = true;
    if (this.#heard.size > 0) this.#throttle.touch();
    if (this.#doubtful) this.#options.onDoubt();
  }

  /** The clusters that match, as they change; every one without a filter. */
  stream(filter: ClusterFilter | null): TenantStream {
    return new TenantStream(this, filter);
  }

  /** Some could not be served: everyone is served again at the next poll. */
  retry(error: unknown): void {
    this.#options.faults.take(error);
    this.#retrying = true;
  }

  /** A commit of this server. */
  offer({ cluster }: ClusterChange): void {
    if (!this.#take(cluster)) return;
    this.#throttle.touch();
  }

  /** Anything may have changed. */
  doubt(): void {
    this.#doubtful = true;
    if (this.#loaded) this.#options.onDoubt();
  }

  /** Called before the store is asked: what raises doubt from now on is not answered by it. */
  beginComparison(): void {
    this.#doubtful = false;
  }

  /** Where each cluster of the tenant stands that is there. One that is known and not among them was deleted. */
  compare(hints: readonly Hint[]): void {
    const missing = new Set(this.#revisions.keys());
    for (const { id, revision } of hints) {
      missing.delete(id);
      if (revision > this.#revisionOf(id)) this.#heard.add(id);
    }
    for (const id of missing) this.#heard.add(id);
    if (this.#heard.size > 0 || this.#retrying) this.#throttle.touch();
  }

  /** The comparison failed. */
  abortComparison(): void {
    this.#doubtful = true;
  }

  close(): void {
    this.#detach();
    this.#throttle.close();
  }

  #hear({ id, revision }: Hint): void {
    if (revision <= this.#revisionOf(id)) return;
    this.#heard.add(id);
    if (this.#loaded) this.#throttle.touch();
  }

  #revisionOf(id: string): number {
    return this.#revisions.get(id) ?? this.#deleted.get(id) ?? 0;
  }

  /** Takes a cluster's state, unless one as new is known. */
  #take(cluster: Cluster): boolean {
    const { id, revision, deletedAt } = cluster;
    if (revision <= this.#revisionOf(id)) return false;
    if (deletedAt === null) this.#revisions.set(id, revision);
    else this.#bury(id, revision);
    this.changes.add(cluster);
    return true;
  }

  #bury(id: string, revision: number): void {
    this.#revisions.delete(id);
    this.#deleted.set(id, revision);
    const [oldest] = this.#deleted.keys();
    if (this.#deleted.size > kept.deleted && oldest !== undefined) this.#deleted.delete(oldest);
  }

  async #flush(): Promise<void> {
    this.#retrying = false;
    try {
      // A read that was under way when this was heard of may not have seen it: the second one has.
      if (this.#heard.size > 0) await this.#read();
      if (this.#heard.size > 0) await this.#read();
    } catch (error) {
      // The poll tries again within a second.
      this.#options.faults.take(error);
    }
    this.groups.flush();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readHeard().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** What could not be read is heard of still; what is heard of during a read is not answered by it. */
  async #readHeard(): Promise<void> {
    const heard = [...this.#heard];
    this.#heard = new Set();
    while (heard.length > 0) {
      const ids = heard.splice(0, portion);
      try {
        await this.#readClusters(ids);
      } catch (error) {
        for (const id of [...ids, ...heard]) this.#heard.add(id);
        throw error;
      }
      if (heard.length === 0) return;
      // Subscribers are served before there is more for them than is kept.
      this.groups.flush();
      await nextTurn();
    }
  }

  async #readClusters(ids: readonly string[]): Promise<void> {
    const clusters = await this.#options.readStore.clustersEvenDeleted(this.tenantId, ids);
    for (const [index, cluster] of clusters.entries()) {
      // Nothing is left of it.
      if (!cluster) this.#revisions.delete(ids[index] as string);
      else this.#take(cluster);
    }
  }
}
