import type { Cluster, Ref } from '../domain/cluster.js';
import { notFound } from '../domain/errors.js';
import type { ClusterState, ReadStore, Since } from '../domain/ports.js';
import type { ClusterChange } from '../domain/write-set.js';
import type { DatabaseClock } from './clock.js';
import { ClusterView } from './cluster-view.js';
import { EventBuffer } from './event-buffer.js';
import { EventStream, type EventStreamFilter, readLog } from './events.js';
import type { FeedOptions } from './feed-options.js';
import { Groups } from './groups.js';
import { ProgressStream } from './progress.js';
import { Shared } from './shared.js';
import { Throttle } from './throttle.js';
import type { UnitStream } from './units.js';

/** Events that a feed keeps in memory for subscribers of the log, and bytes of their texts. */
const buffered = { events: 2_000, bytes: 8 * 1024 * 1024 };

/**
 * One followed cluster on this server: its last state and newest events, kept current by this server's own commits and
 * by other servers' hints. Invariant: what is known is the cluster as it was at revision `head`, whole. Holes are seen
 * by arithmetic on the revision and filled from the store, once for all subscribers. Made, loaded and closed by the hub.
 */
export class Feed {
  readonly ref: Ref;
  readonly epoch: string;
  readonly clock: DatabaseClock;
  readonly readStore: ReadStore;
  readonly events: EventBuffer;
  readonly groups: Groups;
  /** Of steps whose units are followed. */
  readonly units = new Shared<UnitStream>();
  readonly #options: FeedOptions;
  readonly #throttle: Throttle;
  readonly #detach: () => void;
  #view: ClusterView | null = null;
  /** How many of the newest operations are to be held. */
  #operations: number;
  #gone = false;
  /** The newest revision heard of. */
  #heard = 0;
  /** Changes since subscribers were served, and what the last of them is traced back to. */
  #changes = 0;
  #origin: unknown = undefined;
  /** A comparison found no such cluster. */
  #missing = false;
  #doubtful = false;
  #retrying = false;
  #healing: Promise<void> | null = null;

  /** `operations`: how many of the newest its first subscriber asks for. */
  constructor(ref: Ref, operations: number, options: FeedOptions) {
    this.ref = ref;
    this.epoch = options.epoch;
    this.clock = options.clock;
    this.#operations = operations + 1;
    this.readStore = options.readStore;
    this.events = new EventBuffer(0, { ...buffered, readPage: (after) => readLog(this, {}, after) });
    this.groups = new Groups(options, () => this.#origin);
    this.#options = options;
    this.#throttle = new Throttle(options.interval, () => void this.#flush());
    // Attach first, read second (W2): what is heard meanwhile is compared with what was read.
    this.#detach = options.bus.subscribe(ref, (hint) => (hint ? this.hear(hint.revision) : this.doubt()));
  }

  /** The revision up to which everything is known. */
  get head(): number {
    return this.#view?.cluster.revision ?? 0;
  }
  /** Grows with every change to what is known. */
  version = 0;
  get ended(): boolean {
    return this.#gone || this.#view?.cluster.deletedAt != null;
  }
  get view(): ClusterView {
    return this.#view as ClusterView;
  }
  get cluster(): Cluster {
    return this.view.cluster;
  }
  /** Whether its revision is to be compared, or its subscribers to be served again. */
  get unsettled(): boolean {
    return this.#doubtful || this.#retrying || this.#behind;
  }

  get #behind(): boolean {
    return (this.#missing || this.#heard > this.head) && !this.#gone;
  }

  /** Reads what is. A cluster that is not there, or is deleted: NOT_FOUND. */
  async load(): Promise<void> {
    await this.heal();
    if (this.ended) throw notFound('a cluster', this.ref.id);
  }

  /** A stream of the cluster's state, that begins with so many of the newest operations. */
  async progress(operations: number): Promise<ProgressStream> {
    // One more: whether it has changed tells whether all that has is known.
    this.#operations = Math.max(this.#operations, operations + 1);
    // A read that is under way may have begun with fewer.
    for (let reads = 0; reads < 2 && !this.view.reaches(this.#operations); reads += 1) await this.heal();
    return new ProgressStream(this, operations);
  }

  /** A stream of the cluster's log. A step that is not the cluster's: NOT_FOUND. */
  async log(filter: EventStreamFilter): Promise<EventStream> {
    if (filter.stepId !== undefined && !(await this.#hasStep(filter.stepId)))
      throw notFound('a step of the cluster', filter.stepId);
    return new EventStream(this, filter);
  }

  /** A commit of this server. */
  offer(change: ClusterChange): void {
    const { revision } = change.cluster;
    for (const units of this.units.all()) units.offer(change);
    if (revision <= this.head) return;
    if (change.from === this.head && this.#view) {
      this.events.push(change.events);
      this.events.withdraw(change.withdrawn);
      this.#apply(this.#view.with(change));
      this.#origin = this.#options.meter.origin();
      this.#throttle.touch();
    } else {
      this.hear(revision);
    }
  }

  /** Another server's hint. */
  hear(revision: number): void {
    this.#heard = Math.max(this.#heard, revision);
    if (this.#behind) this.#throttle.touch();
  }

  /** Anything may have changed. */
  doubt(): void {
    this.#doubtful = true;
    this.#options.onDoubt();
  }

  /** Called before the store is asked how far its clusters have come: what raises doubt from now on is not answered by it. */
  beginComparison(): void {
    this.#doubtful = false;
  }

  /** How far the cluster has come; undefined when there is none. */
  compare(revision: number | undefined): void {
    this.#missing = revision === undefined;
    if (revision !== undefined) this.#heard = Math.max(this.#heard, revision);
    if (this.#behind || this.#retrying) void this.#flush();
  }

  /** The comparison failed. */
  abortComparison(): void {
    this.#doubtful = true;
  }

  /** Fills the hole between what is known and what is stored: one read, however many wait for it. */
  heal(): Promise<void> {
    this.#healing ??= this.#read().finally(() => {
      this.#healing = null;
    });
    return this.#healing;
  }

  /** Some could not be served: everyone is served again at the next poll. */
  retry(error: unknown): void {
    this.#options.faults.take(error);
    this.#retrying = true;
  }

  close(): void {
    this.#detach();
    this.#throttle.close();
    this.units.close();
  }

  async #flush(): Promise<void> {
    this.#retrying = false;
    try {
      // A read that was under way when this was heard of may not have seen it: the second one has.
      if (this.#behind) await this.heal();
      if (this.#behind) await this.heal();
    } catch (error) {
      // The poll tries again within a second, and what is known can still be sent.
      this.#options.faults.take(error);
    }
    if (this.#changes > 0) {
      this.#options.meter.served(this.clock.now().getTime() - this.cluster.updatedAt.getTime(), this.#changes);
      this.#changes = 0;
    }
    this.groups.flush();
  }

  async #read(): Promise<void> {
    const heard = this.#heard;
    const operations = this.#operations;
    const { tenantId, id } = this.ref;
    const state = await this.readStore.clusterState(tenantId, id, operations, this.#since());
    if (!state) this.#vanish();
    else this.#take(state, operations);
    this.#missing = false;
    // A hint of more than there is does not ask for ever.
    if (this.#heard === heard) this.#heard = Math.min(this.#heard, this.head);
  }

  /** What is known, and need not be read again; undefined when too few operations are. */
  #since(): Since | undefined {
    if (!this.#view?.reaches(this.#operations)) return undefined;
    return { revision: this.head, operation: this.#view.newest?.number ?? 0 };
  }

  /** What was read replaces what was known; where a commit of this server has overtaken it, only older operations are taken. */
  #take(state: ClusterState, operations: number): void {
    if (this.#view && state.cluster.revision <= this.head) {
      if (!this.#view.reaches(operations)) this.#apply(this.#view.extended(state, operations));
      return;
    }
    if (this.#view) this.#options.meter.resynced();
    this.#origin = undefined;
    this.events.restart(state.cluster.revision);
    const isWhole = !this.#view?.reaches(operations);
    this.#apply(isWhole ? ClusterView.of(state, operations) : (this.#view as ClusterView).with(state));
  }

  async #hasStep(id: string): Promise<boolean> {
    if (this.view.hasStep(id)) return true;
    const [step] = await this.readStore.steps(this.ref.tenantId, [id]);
    return step?.clusterId === this.ref.id;
  }

  #vanish(): void {
    this.#gone = true;
    this.version += 1;
  }

  #apply(view: ClusterView): void {
    this.#changes += this.#view ? 1 : 0;
    this.#view = view;
    this.version += 1;
  }
}
