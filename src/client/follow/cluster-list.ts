import { type ClusterFilter, type ClusterOrder, ListChangesDocument } from '../../generated/client.js';
import type { Api, ListedCluster } from '../api.js';
import type { StepcastError } from '../errors.js';
import { pause, repetition } from '../retry.js';
import { ChangesInbox, type ClusterChanges } from './changes.js';
import { ClusterWindow } from './cluster-window.js';
import { Follower } from './follower.js';
import { type Following, Iteration } from './following.js';
import type { Socket } from './socket.js';

/** A list of clusters as it stands. */
export interface ClusterList {
  /** The clusters that match, in the order asked for: the first `limit` of them. */
  readonly clusters: readonly ListedCluster[];
  /** Whether others match beyond the limit. */
  readonly hasMore: boolean;
  /** Those of `clusters` that have changed since the list was yielded last, or were not in it; of the first list, all. */
  readonly changed: readonly ListedCluster[];
  /** Ids of those that were in the list yielded last and are not any more: deleted, not matching, or beyond the limit. */
  readonly removed: readonly string[];
}

export interface ClusterListOptions {
  /** Which clusters; all without it. A cluster enters the list when it begins to match, and leaves it when it does not. */
  readonly filter?: ClusterFilter;
  /** The order; newest first without it. By `NAME`, a new cluster takes its place within a second. */
  readonly orderBy?: ClusterOrder;
  /** How many clusters to hold, 1 to 10000, the first in the order; 1000 without it. */
  readonly limit?: number;
  /** Whether to say when running operations will be done: the server then looks at earlier runs of their steps. */
  readonly estimates?: boolean;
}

/**
 * Yields a list of clusters, then the list again whenever it has changed: a slow consumer gets fewer, later ones. Throws a
 * StepcastError for what cannot be retried, such as an invalid filter.
 */
export function followClusters(
  socket: Socket,
  api: Pick<Api, 'clusters'>,
  {
    filter,
    orderBy = { field: 'CREATED_AT', direction: 'DESC' },
    limit = 1_000,
    estimates = false,
  }: ClusterListOptions = {},
): Following<ClusterList> {
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new TypeError(`expected limit to be a whole number from 1 to 10000, got ${String(limit)}`);
  return new ClusterListFollower(socket, api, { filter, orderBy, limit, estimates });
}

interface Wanted {
  readonly filter: ClusterFilter | undefined;
  readonly orderBy: ClusterOrder;
  readonly limit: number;
  readonly estimates: boolean;
}

/** Milliseconds between readings of a list that changes have left incomplete. */
const readAgainAfter = 1_000;

/**
 * Attaches first, reads second (W2): the list is read once the first message of `clusterChanges` is there (W10), page by
 * page, into a window of its own, which takes the place of the one shown when it is complete. Changes go to both. Invariant:
 * one list is being read at most (`#reading`), or waited for (`#timer`).
 */
class ClusterListFollower extends Iteration<ClusterList> {
  readonly #api: Pick<Api, 'clusters'>;
  readonly #wanted: Wanted;
  readonly #changes: Following<ClusterChanges<ListedCluster>>;
  #shown: ClusterWindow | null = null;
  #reading: ClusterWindow | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pageSize: number;
  #failures = 0;
  /** Whether a list was read on this connection. */
  #isCurrent = false;
  #staleSince = new Date();
  #hasNews = false;
  #last: { readonly revisions: ReadonlyMap<string, number>; readonly hasMore: boolean } | null = null;

  constructor(socket: Socket, api: Pick<Api, 'clusters'>, wanted: Wanted) {
    super();
    this.#api = api;
    this.#wanted = wanted;
    this.#pageSize = Math.min(500, wanted.limit);
    const variables = { filter: wanted.filter ?? null, estimates: wanted.estimates };
    this.#changes = new Follower(socket, ListChangesDocument, variables, new ChangesInbox<ListedCluster>());
    this.#changes.onState(() => this.#judge());
    void this.#follow();
  }

  protected override take(): ClusterList | undefined {
    if (!this.#hasNews || !this.#shown) return undefined;
    this.#hasNews = false;
    const { clusters, hasMore } = this.#shown.list();
    const { revisions: before, hasMore: hadMore } = this.#last ?? { revisions: new Map(), hasMore: null };
    const revisions = new Map(clusters.map(({ id, revision }) => [id, revision]));
    const changed = clusters.filter(({ id, revision }) => before.get(id) !== revision);
    const removed = [...before.keys()].filter((id) => !revisions.has(id));
    this.#last = { revisions, hasMore };
    if (changed.length === 0 && removed.length === 0 && hasMore === hadMore) return undefined;
    return { clusters, hasMore, changed, removed };
  }

  protected override release(): void {
    this.#forget();
    void this.#changes.return();
  }

  async #follow(): Promise<void> {
    try {
      for await (const changes of this.#changes) this.#onChanges(changes);
      this.end();
    } catch (fault) {
      this.end(fault as StepcastError);
    }
  }

  #onChanges({ clusters, removed, reset }: ClusterChanges<ListedCluster>): void {
    // A poll comes before a long list is read: that goes on, and the next poll reads again.
    const isPolling = this.#changes.state.status === 'polling';
    if (reset && !(isPolling && this.#reading)) this.#read();
    for (const cluster of clusters) this.#change(cluster.id, cluster);
    for (const id of removed) this.#change(id, null);
    this.#complete();
    this.serve();
  }

  #change(id: string, cluster: ListedCluster | null): void {
    if (this.#shown?.change(id, cluster)) this.#hasNews = true;
    this.#reading?.change(id, cluster);
  }

  #read(): void {
    this.#forget();
    this.#reading = new ClusterWindow(this.#wanted.orderBy, this.#wanted.limit);
    void this.#fill(this.#reading);
  }

  /** Gives up the reading that is under way, or to come. */
  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#reading = null;
  }

  async #fill(window: ClusterWindow): Promise<void> {
    try {
      for (let after: string | null = null; ; ) {
        const { filter = null, orderBy, estimates } = this.#wanted;
        const page = { first: this.#pageSize, after, filter, orderBy, estimates };
        const { nodes, pageInfo } = await this.#api.clusters(page);
        if (this.#reading !== window) return;
        if (window.isOverrun) return void this.#readIn(readAgainAfter);
        if (!window.add(nodes, pageInfo.hasNextPage)) break;
        after = pageInfo.endCursor;
      }
    } catch (error) {
      if (this.#reading === window) this.#onFault(error as StepcastError);
      return;
    }
    this.#onRead(window);
  }

  #onRead(window: ClusterWindow): void {
    this.#reading = null;
    this.#failures = 0;
    this.#shown = window;
    this.#isCurrent = true;
    this.#hasNews = true;
    this.#judge();
    this.#complete();
    this.serve();
  }

  #onFault(fault: StepcastError): void {
    if (fault.code === 'LIMIT_EXCEEDED' && !fault.retryable && this.#pageSize > 1) {
      // Descriptions are too long for so many clusters in a response.
      this.#pageSize = Math.ceil(this.#pageSize / 2);
      this.#read();
    } else if (repetition(fault) === 'unlimited') {
      this.#readIn(pause(this.#failures++, fault));
    } else {
      this.end(fault);
    }
  }

  #complete(): void {
    if (this.#shown?.isOutdated && !this.#reading && !this.#timer) this.#readIn(readAgainAfter);
  }

  #readIn(milliseconds: number): void {
    this.#forget();
    this.#timer = setTimeout(() => this.#read(), milliseconds);
  }

  #judge(): void {
    const { status, since } = this.#changes.state;
    if (status === 'catching-up') this.#isCurrent = false;
    // What was yielded is as old as it was when the list was last live, however often the connection came and went.
    const isLost = status === 'stale' || status === 'signed-out';
    if (isLost && ['live', 'polling'].includes(this.state.status)) this.#staleSince = since;
    if (status === 'signed-out') this.setState(status, this.#staleSince);
    else if (status === 'stale') this.setState(this.#shown ? 'stale' : 'connecting', this.#staleSince);
    else this.setState((status === 'live' || status === 'polling') && !this.#isCurrent ? 'catching-up' : status);
  }
}
