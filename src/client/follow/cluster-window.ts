import type { ClusterOrder } from '../../generated/client.js';
import type { ListedCluster } from '../api.js';

/** Clusters that may change while a page is on its way. */
const mostMeanwhile = 10_000;

/**
 * The first clusters of an ordered list, put together from its pages and from changes. Invariant: of the clusters that
 * match, it holds all up to `#end`; of what is beyond, it knows nothing. Changes that arrive while pages are read are kept
 * until the next page is there, which may have been read before them or after. `add` is called for each page, until it
 * says that no other is wanted.
 */
export class ClusterWindow {
  readonly #order: ClusterOrder;
  readonly #limit: number;
  readonly #held = new Map<string, Held>();
  readonly #meanwhile = new Map<string, ListedCluster | null>();
  #isComplete = false;
  /** The last one whose place is known, where others are behind it; null: none are. */
  #end: Held | null = null;
  #read = 0;
  #isMisplaced = false;

  constructor(order: ClusterOrder, limit: number) {
    this.#order = order;
    this.#limit = limit;
  }

  /** More has changed during a page than is kept: the pages have to be read anew. */
  get isOverrun(): boolean {
    return this.#meanwhile.size > mostMeanwhile;
  }

  /** Whether changes have left what only reading the list anew makes good: places to be filled, or not known. */
  get isOutdated(): boolean {
    return this.#isMisplaced || (this.#end !== null && this.#held.size < this.#limit);
  }

  /** Takes the next page. Answers whether another one is wanted. */
  add(clusters: readonly ListedCluster[], hasNextPage: boolean): boolean {
    for (const cluster of clusters) this.#addRead(cluster);
    if (!hasNextPage) this.#end = null;
    for (const [id, cluster] of this.#meanwhile) this.#apply(id, cluster);
    this.#meanwhile.clear();
    this.#isComplete = !hasNextPage || this.#held.size >= this.#limit;
    return !this.#isComplete;
  }

  /** Takes a cluster's newer state; null: it was deleted, or does not match any more. Answers whether the list is another one now. */
  change(id: string, cluster: ListedCluster | null): boolean {
    if (!this.#isComplete) {
      this.#meanwhile.delete(id);
      this.#meanwhile.set(id, cluster);
      return false;
    }
    const isAnother = this.#apply(id, cluster);
    // A consumer that does not ask for the list must not let it grow. While pages are read nothing is cut off: the next
    // one goes on behind the last, not behind the limit.
    if (this.#held.size > 2 * this.#limit) this.list();
    return isAnother;
  }

  /** The clusters in order, and whether others match beyond the limit. */
  list(): { readonly clusters: ListedCluster[]; readonly hasMore: boolean } {
    const held = [...this.#held.values()].sort((a, b) => this.#compare(a, b));
    const beyond = held.splice(this.#limit);
    for (const { cluster } of beyond) this.#held.delete(cluster.id);
    if (beyond.length > 0) this.#end = held.at(-1) ?? null;
    return { clusters: held.map(({ cluster }) => cluster), hasMore: this.#end !== null };
  }

  #addRead(cluster: ListedCluster): void {
    const read = { cluster, key: this.#keyOf(cluster) ?? this.#read };
    this.#read += 1;
    this.#end = read;
    // By UPDATED_AT, a cluster moves while pages are read, and may be on two of them.
    if (!this.#isOlder(cluster)) this.#held.set(cluster.id, read);
  }

  #apply(id: string, cluster: ListedCluster | null): boolean {
    if (!cluster) return this.#held.delete(id);
    if (this.#isOlder(cluster)) return false;
    const known = this.#held.get(id);
    const key = this.#keyOf(cluster);
    if (key === null && known?.cluster.name !== cluster.name) this.#isMisplaced = true;
    const place = key ?? known?.key;
    if (place === undefined) return false;
    const held = { cluster, key: place };
    if (this.#end && this.#compare(held, this.#end) > 0) return this.#held.delete(id);
    this.#held.set(id, held);
    return true;
  }

  #isOlder({ id, revision }: ListedCluster): boolean {
    return revision <= (this.#held.get(id)?.cluster.revision ?? 0);
  }

  /** What it is ordered by. Null by NAME: only the server knows its database's collation. */
  #keyOf({ createdAt, updatedAt }: ListedCluster): string | null {
    const { field } = this.#order;
    if (field === 'NAME') return null;
    return field === 'CREATED_AT' ? createdAt : updatedAt;
  }

  #compare(a: Held, b: Held): number {
    if (a.key === b.key && a.cluster.id === b.cluster.id) return 0;
    const isBefore = a.key === b.key ? a.cluster.id < b.cluster.id : a.key < b.key;
    const isFalling = this.#order.field !== 'NAME' && this.#order.direction === 'DESC';
    return isBefore === isFalling ? 1 : -1;
  }
}

interface Held {
  readonly cluster: ListedCluster;
  /** A time, or, by NAME, the place in which it was read. */
  readonly key: string | number;
}
