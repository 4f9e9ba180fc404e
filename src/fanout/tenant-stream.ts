import type { Cluster } from '../domain/cluster.js';
import { Fault } from '../domain/errors.js';
import type { ClusterFilter, ReadStore } from '../domain/ports.js';
import { pageLimits } from '../domain/queries.js';
import type { Changes } from './changes.js';
import type { DatabaseClock } from './clock.js';
import type { Position } from './position.js';
import type { Message, Stream } from './stream.js';

/** A message of `clusterChanges`. */
export interface ClusterChanges {
  readonly clusters: readonly Cluster[];
  /** Ids of clusters that are deleted, or do not match. Those that the filter leaves out by their ids are not among them. */
  readonly removed: readonly string[];
  readonly serverTime: Date;
}

/** What has changed of a tenant's clusters, as its feed has it. */
export interface Changed {
  readonly tenantId: string;
  readonly changes: Changes;
  readonly clock: DatabaseClock;
  readonly readStore: Pick<ReadStore, 'clusterPage'>;
  /** Called when subscribers could not be served from the store, and why: they are to be served again. */
  retry(error: unknown): void;
}

/** Clusters of a message at most, and bytes of their texts after which no more are added. */
const most = { clusters: 100, bytes: pageLimits.bytes };

/**
 * Clusters of a tenant that match a filter, as they change. The first message is empty (W10). Whether a cluster matches is
 * asked of the store, as the query `clusters` does: once for all subscribers who follow the same and stand together.
 */
export class TenantStream implements Stream {
  readonly ended = false;
  readonly key: string;
  readonly #feed: Changed;
  readonly #filter: ClusterFilter | null;

  /** `filter`: null where every cluster matches. */
  constructor(feed: Changed, filter: ClusterFilter | null) {
    this.#feed = feed;
    this.#filter = filter;
    this.key = JSON.stringify(['changes', filter]);
  }

  get head(): number {
    return this.#feed.changes.head;
  }
  get version(): number {
    return this.head;
  }

  next({ seen }: Position, isFirst: boolean): Message | Promise<Message> {
    if (isFirst) return this.#message([], [], seen);
    const { clusters, reached } = this.#feed.changes.since(seen, most);
    if (clusters.length === 0) return { payload: null, seen: this.head };
    if (this.#filter) return this.#filtered(clusters, this.#filter, reached);
    const deleted = clusters.filter(({ deletedAt }) => deletedAt !== null).map(({ id }) => id);
    const others = clusters.filter(({ deletedAt }) => deletedAt === null);
    return this.#message(others, deleted, reached);
  }

  async #filtered(changed: readonly Cluster[], filter: ClusterFilter, reached: number): Promise<Message> {
    try {
      const { tenantId, readStore } = this.#feed;
      const asked = filter.ids && new Set(filter.ids.map((id) => id.toLowerCase()));
      const ids = changed.map(({ id }) => id).filter((id) => !asked || asked.has(id));
      if (ids.length === 0) return { payload: null, seen: reached };
      const matching = await readStore.clusterPage(tenantId, { ...filter, ids }, { first: ids.length });
      const others = new Set(ids);
      for (const { id } of matching) others.delete(id);
      return this.#message(matching, [...others], reached);
    } catch (error) {
      this.#feed.retry(error);
      throw new Fault('UNAVAILABLE', 'expected the clusters that match, got none: they are read again', {
        cause: error,
      });
    }
  }

  #message(clusters: readonly Cluster[], removed: readonly string[], seen: number): Message {
    const payload: ClusterChanges = { clusters, removed, serverTime: this.#feed.clock.now() };
    return { payload, seen };
  }
}
