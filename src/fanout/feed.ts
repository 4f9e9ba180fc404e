import type { Cluster, Ref } from '../domain/cluster.js';
import { notFound } from '../domain/errors.js';
import type { ClusterChange } from '../domain/needs.js';
import type { Operation } from '../domain/operation.js';
import type { Bus, ClusterState, Library } from '../domain/ports.js';
import type { Step } from '../domain/step.js';
import { EventStream, type EventStreamFilter } from './events.js';
import { Groups } from './groups.js';
import { Pace } from './pace.js';
import { Past } from './past.js';
import { ProgressStream } from './progress.js';
import { Ring } from './ring.js';

export interface FeedOptions {
  readonly library: Library;
  readonly bus: Bus;
  /** Milliseconds (W3). */
  readonly interval: number;
}

/** Events that a feed keeps in memory for readers of the log. */
const ringSize = 2_000;

/**
 * One followed cluster on this server: its last state and newest events, kept current by this server's own commits and
 * by other servers' hints. Holes are seen by arithmetic on the revision and filled from the store, once for all readers.
 */
export class Feed {
  readonly ref: Ref;
  readonly library: Library;
  readonly ring = new Ring(ringSize, 0);
  readonly past: Past;
  readonly progress = new ProgressStream(this);
  readonly groups = new Groups();
  readonly #pace: Pace;
  readonly #detach: () => void;
  readonly #operations = new Map<string, Operation>();
  readonly #steps = new Map<string, Step>();
  #cluster: Cluster | null = null;
  #gone = false;
  /** The newest revision heard of. */
  #heard = 0;
  /** Whether anything may have changed. */
  #unsure = false;
  #healing: Promise<void> | null = null;

  constructor(ref: Ref, { library, bus, interval }: FeedOptions) {
    this.ref = ref;
    this.library = library;
    this.past = new Past(this.ring, library, ref);
    this.#pace = new Pace(interval, () => void this.#flush());
    // Attach first, read second (W2): what is heard meanwhile is compared with what was read.
    this.#detach = bus.subscribe(ref, (hint) => this.hear(hint?.revision ?? null));
  }

  /** The revision up to which everything is known. */
  get head(): number {
    return this.#cluster?.revision ?? 0;
  }
  /** Grows with every change to what is known. */
  version = 0;
  get ended(): boolean {
    return this.#gone || this.#cluster?.deletedAt != null;
  }
  get cluster(): Cluster {
    return this.#cluster as Cluster;
  }
  /** Whether readers could not be served from the store and are to be served again. */
  troubled = false;
  /** Whether more was heard of than is known. */
  get behind(): boolean {
    return (this.#unsure || this.#heard > this.head) && !this.#gone;
  }

  /** By number. */
  get operations(): Operation[] {
    return [...this.#operations.values()].sort((a, b) => a.number - b.number);
  }
  /** By operation's number, then position. */
  get steps(): Step[] {
    const number = (step: Step) => this.#operations.get(step.operationId)?.number ?? 0;
    return [...this.#steps.values()].sort((a, b) => number(a) - number(b) || a.position - b.position);
  }

  /** Reads what is. A cluster that is not there, or is deleted: NOT_FOUND. */
  async load(): Promise<void> {
    await this.heal();
    if (this.ended) throw notFound('a cluster', this.ref.id);
  }

  /** A stream of the cluster's log. A step that is not the cluster's: NOT_FOUND. */
  log(filter: EventStreamFilter): EventStream {
    if (filter.stepId !== undefined && !this.#steps.has(filter.stepId))
      throw notFound('a step of the cluster', filter.stepId);
    return new EventStream(this, filter);
  }

  /** A commit of this server. */
  offer(change: ClusterChange): void {
    const revision = change.cluster.revision;
    if (revision <= this.head) return;
    if (change.from === this.head && this.#cluster) {
      this.ring.push(change.events);
      this.#apply(change);
      this.#pace.touch();
    } else {
      this.hear(revision);
    }
  }

  /** Another server's hint, or the net's finding. Null: anything may have changed. */
  hear(revision: number | null): void {
    if (revision === null) this.#unsure = true;
    else this.#heard = Math.max(this.#heard, revision);
    if (this.behind) this.#pace.touch();
  }

  /** Fills the hole between what is known and what is stored: one read, however many wait for it. */
  heal(): Promise<void> {
    this.#healing ??= this.#read().finally(() => {
      this.#healing = null;
    });
    return this.#healing;
  }

  /** Serves everyone once more: something stood in the way before. */
  flush(): void {
    void this.#flush();
  }

  close(): void {
    this.#detach();
    this.#pace.close();
  }

  async #flush(): Promise<void> {
    this.troubled = false;
    try {
      // A read that was under way when this was heard of may not have seen it: the second one has.
      if (this.behind) await this.heal();
      if (this.behind) await this.heal();
    } catch {
      // The store cannot be reached: the net tries again within a second, and what is known can still be told.
    }
    this.groups.flush();
  }

  async #read(): Promise<void> {
    const heard = this.#heard;
    const since = this.#cluster ? this.head : undefined;
    // Before the read: what is said during it is not answered by it.
    this.#unsure = false;
    const state = await this.library.clusterState(this.ref.tenantId, this.ref.id, since).catch((error) => {
      this.#unsure = true;
      throw error;
    });
    if (!state) this.#vanish();
    else this.#take(state);
    // A hint of more than there is does not ask for ever.
    if (this.#heard === heard) this.#heard = Math.min(this.#heard, this.head);
  }

  /** What was read replaces what was known, unless a commit of this server has overtaken it. */
  #take(state: ClusterState): void {
    if (state.cluster.revision <= this.head) return;
    this.ring.restart(state.cluster.revision);
    this.#apply(state);
  }

  #vanish(): void {
    this.#gone = true;
    this.version += 1;
  }

  #apply({ cluster, operations, steps }: ClusterState): void {
    this.#cluster = cluster;
    for (const operation of operations) this.#operations.set(operation.id, operation);
    for (const step of steps) this.#steps.set(step.id, step);
    this.version += 1;
  }
}
