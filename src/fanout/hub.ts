import { keyOf, type Ref } from '../domain/cluster.js';
import { notFound } from '../domain/errors.js';
import { isUuid } from '../domain/input.js';
import type { Bus, ClusterFilter, DatabaseIdentity, Log, ReadStore } from '../domain/ports.js';
import type { Step } from '../domain/step.js';
import type { ClusterChange } from '../domain/write-set.js';
import { DatabaseClock } from './clock.js';
import { compareFeeds, compareTenants } from './compare.js';
import type { EventStreamFilter, LogStart } from './events.js';
import { Faults, Replaced } from './faults.js';
import { Feed } from './feed.js';
import type { FeedOptions } from './feed-options.js';
import { type FanoutFigures, figuresOf } from './figures.js';
import { type FanoutMeter, unmetered } from './meter.js';
import { beginningAfter } from './position.js';
import type { ProgressOptions } from './progress.js';
import { RenderedMessages } from './rendered.js';
import { releasing, Shared } from './shared.js';
import { createSource, type Source } from './source.js';
import { TenantFeed } from './tenant.js';
import { Throttle } from './throttle.js';
import { type PicturePlace, UnitStream } from './units.js';

export interface HubOptions {
  readonly readStore: ReadStore;
  readonly bus: Bus;
  /** The database, as it was when it was connected to. */
  readonly identity: DatabaseIdentity;
  /** Milliseconds (W3). */
  readonly interval: number;
  readonly log: Log;
  readonly meter?: FanoutMeter;
}

/** How often, in milliseconds, the store is asked what hints may have failed to say. */
const pollInterval = 1_000;

/**
 * What is followed on this server: one feed per cluster or tenant that has subscribers, whatever their number. Follows the
 * commits of this server by `announce`, those of others by the bus, and, as a fallback, by polling the store (W6).
 */
export class Hub {
  #options: FeedOptions;
  readonly #feeds = new Shared<Feed>();
  readonly #tenants = new Shared<TenantFeed>();
  readonly #timer: NodeJS.Timeout;
  readonly #detach: () => void;
  readonly #faults: Faults;
  readonly #rendered = new RenderedMessages();
  /** What is in doubt is compared at once, then at most once per interval, however often doubt is raised. */
  readonly #doubts: Throttle;
  #soon: NodeJS.Immediate | null = null;
  #polling = false;
  /** Whether a poll was called for during one, which does not answer what called for it. */
  #again = false;
  /** Whether hints may have been lost that the store has not made good yet. */
  #fallback = false;
  /** Whether the database may be another since its epoch was read: nobody restores one without ending its connections. */
  #reconnected = false;

  constructor({ log, identity, ...options }: HubOptions) {
    this.#faults = new Faults(log);
    this.#options = {
      meter: unmetered,
      ...options,
      epoch: identity.epoch,
      clock: new DatabaseClock(identity.time),
      rendered: this.#rendered,
      faults: this.#faults,
      onDoubt: () => this.#doubts.touch(),
    };
    this.#doubts = new Throttle(options.interval, () => this.#pollSoon());
    this.#timer = setInterval(() => this.#tick(), pollInterval);
    this.#timer.unref();
    this.#detach = options.bus.onHealed(() => {
      this.#fallback = true;
      this.#reconnected = true;
      this.#pollNow();
    });
  }

  /** By the database's clock. */
  get time(): Date {
    return this.#options.clock.now();
  }
  /** The history that is followed. */
  get epoch(): string {
    return this.#options.epoch;
  }
  /** The clusters and tenants followed. */
  get size(): number {
    return this.#feeds.size + this.#tenants.size;
  }
  /** What there is now. */
  get figures(): FanoutFigures {
    return figuresOf(this.#feeds.all(), this.#tenants.all(), this.#rendered, this.#faults);
  }

  /** W1: a cluster's state, from a revision on if given. Unknown cluster: NOT_FOUND. Reads no more once `signal` is aborted. */
  async progress(ref: Ref, { from, operations }: ProgressOptions, signal?: AbortSignal): Promise<Source> {
    const { feed, release } = await this.#open(ref, operations, signal);
    return releasing(release, async () => {
      if (from.seen > feed.head) await feed.heal();
      const stream = await feed.progress(operations);
      return createSource({ stream, position: from, groups: feed.groups }, release);
    });
  }

  /** W4: a cluster's log. Unknown cluster or step: NOT_FOUND. Reads no more once `signal` is aborted. */
  async events(ref: Ref, filter: EventStreamFilter, start: LogStart, signal?: AbortSignal): Promise<Source> {
    const { feed, release } = await this.#open(ref, 1, signal);
    return releasing(release, async () => {
      const stream = await feed.log(filter);
      signal?.throwIfAborted();
      return createSource({ stream, position: await stream.begin(start), groups: feed.groups }, release);
    });
  }

  /** A step's units, from a place on if given. Unknown step: NOT_FOUND. Reads no more once `signal` is aborted. */
  async units(ref: Ref, place: PicturePlace | null, signal?: AbortSignal): Promise<Source> {
    const step = await findStep(this.#options.readStore, ref);
    signal?.throwIfAborted();
    const { feed, release } = await this.#open({ ...ref, id: step.clusterId }, 1, signal);
    return releasing(release, async () => {
      const units = await feed.units.open(step.id, () => new UnitStream(step, feed));
      const releaseAll = () => {
        units.release();
        release();
      };
      return createSource({ stream: units.feed, position: units.feed.begin(place), groups: feed.groups }, releaseAll);
    });
  }

  /** The clusters of a tenant that match as they change from now on; every one without a filter. */
  async changes(tenantId: string, filter: ClusterFilter | null = null): Promise<Source> {
    // Where a subscriber begins is where the feed stands when it comes, not when the feed is loaded.
    const position = beginningAfter(this.#tenants.get(tenantId)?.changes.head ?? 0);
    const { feed, release } = await this.#tenants.open(tenantId, () => new TenantFeed(tenantId, this.#options));
    return createSource({ stream: feed.stream(filter), position, groups: feed.groups }, release);
  }

  /** A commit of this server, for its subscribers and for other servers: to be called in the order of commits. Never throws. */
  announce = (changes: readonly ClusterChange[]): void => {
    try {
      for (const change of changes) {
        this.#options.clock.learn(change.at);
        this.#feeds.get(keyOf(change.cluster))?.offer(change);
        this.#tenants.get(change.cluster.tenantId)?.offer(change);
      }
    } catch (error) {
      // Some were not offered what was committed: they are to ask.
      this.#faults.take(error);
      this.#fallback = true;
    }
    this.#options.bus.publish(changes.map(({ cluster }) => cluster));
  };

  /** A commit may have been made that was not announced: the next poll looks, other servers do at once. */
  fallback = (changes: readonly ClusterChange[]): void => {
    this.#fallback = true;
    this.#options.bus.publish(changes.map(({ cluster }) => cluster));
  };

  close(): void {
    clearInterval(this.#timer);
    this.#doubts.close();
    if (this.#soon) clearImmediate(this.#soon);
    this.#detach();
    this.#feeds.close();
    this.#tenants.close();
  }

  /** An id that is no UUID names nothing: it is not looked for. */
  async #open(ref: Ref, operations: number, signal: AbortSignal | undefined) {
    if (!isUuid(ref.id)) throw notFound('a cluster', ref.id);
    const { feed, release } = await this.#feeds.open(keyOf(ref), () => new Feed(ref, operations, this.#options));
    if (!feed.ended && !signal?.aborted) return { feed, release };
    release();
    signal?.throwIfAborted();
    throw notFound('a cluster', ref.id);
  }

  #tick(): void {
    this.#rendered.sweep();
    this.#pollNow();
  }

  /** However many feeds ask in one turn of the event loop, the store is asked once. */
  #pollSoon(): void {
    this.#soon ??= setImmediate(() => {
      this.#soon = null;
      this.#pollNow();
    });
  }

  /** A poll that is under way answers nothing that was raised during it: another follows at once. */
  #pollNow(): void {
    if (this.#polling) this.#again = true;
    else void this.#poll();
  }

  /** Asks how far clusters have come: those in doubt or, while hints may be lost, all that are followed. */
  async #poll(): Promise<void> {
    const fallback = this.#fallback || !this.#options.bus.healthy;
    const feeds = this.#feeds.all().filter((feed) => fallback || feed.unsettled);
    const tenants = this.#tenants.all().filter((tenant) => tenant.isUnsettled(fallback));
    this.#polling = true;
    this.#fallback = false;
    const { readStore } = this.#options;
    await Promise.all([
      compareFeeds(readStore, feeds, this.#faults),
      compareTenants(readStore, tenants, this.#faults),
      this.#identify(),
    ]);
    this.#polling = false;
    if (this.#again) this.#pollSoon();
    this.#again = false;
  }

  /** W1: where the database holds another history than what is known of, every subscriber is to begin with that. Never rejects. */
  async #identify(): Promise<void> {
    if (!this.#reconnected) return;
    this.#reconnected = false;
    try {
      const { epoch, time } = await this.#options.readStore.identity();
      this.#options.clock.learn(time);
      if (epoch === this.#options.epoch) return;
      this.#options = { ...this.#options, epoch };
      for (const { groups } of [...this.#feeds.all(), ...this.#tenants.all()]) groups.end(new Replaced());
      this.#feeds.close();
      this.#tenants.close();
    } catch (error) {
      this.#reconnected = true;
      this.#faults.take(error);
    }
  }
}

/** An id that is no UUID names nothing. Of a deleted cluster: NOT_FOUND, as of none (W9). */
async function findStep(readStore: ReadStore, { tenantId, id }: Ref): Promise<Step> {
  const [step] = isUuid(id) ? await readStore.steps(tenantId, [id]) : [];
  const [cluster] = step ? await readStore.clusters(tenantId, [step.clusterId]) : [];
  if (!step || !cluster) throw notFound('a step', id);
  return step;
}
