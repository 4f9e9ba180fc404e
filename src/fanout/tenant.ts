import type { Cluster } from '../domain/cluster.js';
import type { ClusterChange } from '../domain/needs.js';
import type { Hint } from '../domain/ports.js';
import type { FeedOptions } from './feed.js';
import { Groups } from './groups.js';
import { Pace } from './pace.js';
import type { Message, Stream } from './stream.js';

/** A message of `clusterChanges`. */
export interface ClusterChanged {
  readonly cluster: Cluster;
  readonly deleted: boolean;
}

/**
 * All clusters of a tenant as they change, on this server, coalesced per cluster: of each, only the last state is kept,
 * in the order of last changes. The position counts changes; it means nothing on another server or after a pause, so a
 * reader begins at the head.
 */
export class TenantFeed implements Stream {
  readonly key = 'changes';
  readonly ended = false;
  readonly groups = new Groups();
  readonly tenantId: string;
  readonly #options: FeedOptions;
  readonly #pace: Pace;
  readonly #detach: () => void;
  readonly #revisions = new Map<string, number>();
  /** By cluster, the last changed last. */
  readonly #changes = new Map<string, { cluster: Cluster; position: number }>();
  #heard: Set<string> = new Set();
  #comparing = false;
  #loaded = false;
  #reading: Promise<void> | null = null;
  head = 0;

  constructor(tenantId: string, options: FeedOptions) {
    this.tenantId = tenantId;
    this.#options = options;
    this.#pace = new Pace(options.interval, () => void this.#flush());
    this.#detach = options.bus.subscribe({ tenantId, id: null }, (hint) => (hint ? this.#hear(hint) : this.compare()));
  }

  get version(): number {
    return this.head;
  }
  /** Whether something was heard of that is not known. */
  get behind(): boolean {
    return this.#comparing || this.#heard.size > 0;
  }

  /** Reads where each cluster stands, so that later changes can be told from it. */
  async load(): Promise<void> {
    const hints = await this.#options.library.revisionsOf(this.tenantId);
    // What was heard of meanwhile has changed since a reader came: it is to be told, though the read has seen it.
    for (const { id, revision } of hints) if (!this.#heard.has(id)) this.#know(id, revision);
    this.#loaded = true;
    if (this.behind) this.#pace.touch();
  }

  /** A commit of this server. */
  offer({ cluster }: ClusterChange): void {
    if (this.#know(cluster.id, cluster.revision)) this.#add(cluster);
  }

  /** Hints may have been lost: every cluster's revision is compared with the last one known. */
  compare(): void {
    this.#comparing = true;
    if (this.#loaded) this.#pace.touch();
  }

  flush(): void {
    void this.#flush();
  }

  close(): void {
    this.#detach();
    this.#pace.close();
  }

  next(position: number | null): Message {
    for (const { cluster, position: at } of this.#changes.values()) {
      if (at <= (position ?? 0)) continue;
      return { payload: { cluster, deleted: cluster.deletedAt !== null } satisfies ClusterChanged, position: at };
    }
    return { payload: null, position: this.head };
  }

  #hear({ id, revision }: Hint): void {
    if (revision <= (this.#revisions.get(id) ?? 0)) return;
    this.#heard.add(id);
    if (this.#loaded) this.#pace.touch();
  }

  #know(id: string, revision: number): boolean {
    if (revision <= (this.#revisions.get(id) ?? 0)) return false;
    this.#revisions.set(id, revision);
    return true;
  }

  #add(cluster: Cluster): void {
    this.head += 1;
    this.#changes.delete(cluster.id);
    this.#changes.set(cluster.id, { cluster, position: this.head });
    this.#pace.touch();
  }

  async #flush(): Promise<void> {
    try {
      // A read that was under way when this was heard of may not have seen it: the second one has.
      if (this.behind) await this.#read();
      if (this.behind) await this.#read();
    } catch {
      // The store cannot be reached: the net tries again within a second.
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
    const comparing = this.#comparing;
    const heard = this.#heard;
    this.#comparing = false;
    this.#heard = new Set();
    try {
      if (comparing) for (const id of await this.#changed()) heard.add(id);
      await this.#take([...heard]);
    } catch (error) {
      this.#comparing ||= comparing;
      for (const id of heard) this.#heard.add(id);
      throw error;
    }
  }

  /** The clusters that have come further than is known. */
  async #changed(): Promise<string[]> {
    const hints = await this.#options.library.revisionsOf(this.tenantId);
    return hints.filter(({ id, revision }) => revision > (this.#revisions.get(id) ?? 0)).map(({ id }) => id);
  }

  async #take(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const cluster of await this.#options.library.clustersEvenDeleted(this.tenantId, ids)) {
      if (cluster && this.#know(cluster.id, cluster.revision)) this.#add(cluster);
    }
  }
}
