import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../domain/errors.js';
import type { ReadStore, UnitChanges } from '../domain/ports.js';
import { pageLimits } from '../domain/queries.js';
import type { Step } from '../domain/step.js';
import type { Unit } from '../domain/unit.js';
import type { ClusterChange } from '../domain/write-set.js';
import type { DatabaseClock } from './clock.js';
import type { ClusterView } from './cluster-view.js';
import { beginning, type Position, startingOver } from './position.js';
import type { Message, Stream } from './stream.js';
import { type PicturePage, UnitPicture } from './unit-picture.js';

/** A message of `stepUnits`. */
export interface StepUnits extends PicturePage {
  /** Which picture the positions and indexes belong to. */
  readonly picture: string;
  /** True: this begins anew; everything that the reader holds is void. */
  readonly snapshot: boolean;
  /** There is more already: another message follows at once. */
  readonly more: boolean;
  /** How many indexes there are. */
  readonly size: number;
  readonly serverTime: Date;
}

/** Where a subscriber has been before. */
export interface PicturePlace {
  readonly picture: string;
  readonly seen: number;
}

/** The cluster that a step belongs to, as its feed has it. */
export interface Surroundings {
  readonly clock: DatabaseClock;
  readonly head: number;
  readonly version: number;
  readonly ended: boolean;
  readonly view: ClusterView;
  readonly readStore: Pick<ReadStore, 'unitPages' | 'unitChanges'>;
  /** Called when subscribers could not be served from the store, and why: they are to be served again. */
  retry(error: unknown): void;
}

type StepRef = Pick<Step, 'tenantId' | 'id' | 'clusterId'>;

/** Units of a step that is followed, at most: they are all in memory. */
const mostUnits = 50_000;
const most = { units: pageLimits.rows, bytes: pageLimits.bytes, states: 5_000 };
/** Units of a page from the store. */
const portion = 1_000;
/** Changed units that are read in one statement: where there are more, all are read anew, page by page. */
const mostChanged = 5_000;
/** A read of changes looks at every unit: the next one waits so many times as long as it took. */
const rest = 4;

/**
 * The units of one step on this server, kept current by this server's commits, and by reading what has changed where there
 * were others. Invariant: the picture shows every change up to the cluster's `#revision`, and perhaps some later ones, which
 * come again. Nothing is read while nobody waits for it. Made, loaded and closed by its cluster's feed.
 */
export class UnitStream implements Stream {
  readonly id = crypto.randomUUID();
  readonly key: string;
  readonly #step: StepRef;
  readonly #feed: Surroundings;
  readonly #picture = new UnitPicture();
  readonly #closed = new AbortController();
  /** -1: nothing is known yet. */
  #revision = -1;
  #reading: Promise<void> | null = null;
  #readableAt = 0;

  constructor(step: StepRef, feed: Surroundings) {
    this.#step = step;
    this.#feed = feed;
    this.key = `units of ${step.id}`;
  }

  get head(): number {
    return this.#isBehind ? this.#picture.head + 1 : this.#picture.head;
  }
  get version(): number {
    return this.#feed.version + this.#picture.head;
  }
  get ended(): boolean {
    return this.#feed.ended;
  }

  /** A unit changes with its step only: of a step that is known not to have, none has. */
  get #isBehind(): boolean {
    const step = this.#feed.view.step(this.#step.id);
    return this.#revision < (step?.revision ?? this.#feed.head);
  }

  load(): Promise<void> {
    return this.#catchUp();
  }

  /** The position of a subscriber that comes with, or without, a place. */
  begin(place: PicturePlace | null): Position {
    if (!place) return beginning;
    return place.picture === this.id && place.seen <= this.#picture.head ? { seen: place.seen } : startingOver;
  }

  /** A commit of this server, before the feed takes it. One that cannot be taken is read. */
  offer({ from, cluster, units, removedUnits }: ClusterChange): void {
    const isNext = from === this.#revision || (from === this.#feed.head && !this.#isBehind);
    if (!isNext || cluster.revision <= this.#revision) return;
    const isOwn = ({ provisionStepId }: Unit) => provisionStepId === this.#step.id;
    this.#picture.apply(units.filter(isOwn), removedUnits.filter(isOwn));
    this.#revision = cluster.revision;
  }

  async next({ seen }: Position, expected: boolean): Promise<Message> {
    if (this.#isBehind) await this.#readNow();
    if (this.#picture.size > mostUnits) throw tooMany();
    const page = this.#picture.page(seen, most);
    const more = page.reached < this.#picture.head;
    if (page.indexes.length === 0 && !expected && !more) return { payload: null, seen: page.reached };
    const { id: picture } = this;
    const { size } = this.#picture;
    const payload: StepUnits = {
      ...page,
      picture,
      snapshot: seen === 0,
      more,
      size,
      serverTime: this.#feed.clock.now(),
    };
    return { payload, seen: page.reached, more };
  }

  close(): void {
    this.#closed.abort();
  }

  async #readNow(): Promise<void> {
    try {
      await this.#catchUp();
    } catch (error) {
      if (error instanceof Fault && error.code === 'LIMIT_EXCEEDED' && !error.retryable) throw error;
      if (!this.#closed.signal.aborted) this.#feed.retry(error);
      throw new Fault('UNAVAILABLE', 'expected the units of a step, got none: they are read again', { cause: error });
    }
  }

  /** One read, however many wait for it. */
  #catchUp(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<void> {
    const wait = this.#readableAt - performance.now();
    if (wait > 0) await pause(wait, undefined, { signal: this.#closed.signal, ref: false });
    const begun = performance.now();
    await this.#readChanges();
    const now = performance.now();
    this.#readableAt = now + rest * (now - begun);
  }

  /** Attach first, read second (W2): the feed is attached, and what is read page by page is made good from where the feed stood before. */
  async #readChanges(): Promise<void> {
    for (let since = this.#revision, isWhole = false; ; since = -1) {
      if (since < 0) {
        since = this.#feed.head;
        await this.#takeAll(await this.#readAll());
        isWhole = true;
      }
      const changes = await this.#changes(since, false);
      // Nothing is left of the cluster.
      if (!changes) this.#revision = this.#feed.head;
      if (!changes) return;
      const isTooMuch = changes.units.length >= mostChanged;
      // A server of an older version says of no unit when it has changed.
      const isUntold = !isWhole && this.#picture.countWith(changes.units) < changes.count;
      if (!isTooMuch && !isUntold) return this.#take(changes, since);
    }
  }

  /** In turns of the event loop. */
  async #takeAll(units: readonly Unit[]): Promise<void> {
    for (let i = 0; i < units.length; i += portion) {
      this.#picture.apply(units.slice(i, i + portion));
      await nextTurn();
    }
  }

  async #take(read: UnitChanges, since: number): Promise<void> {
    // Some are gone: which ones, only all keys tell.
    const isLess = this.#picture.countWith(read.units) > read.count;
    const changes = isLess ? ((await this.#changes(since, true)) ?? read) : read;
    if (changes.revision < this.#revision) return;
    const gone = changes.keys ? this.#picture.except(new Set(changes.keys)) : [];
    this.#picture.apply(changes.units, gone);
    this.#revision = changes.revision;
  }

  #changes(revision: number, withKeys: boolean): Promise<UnitChanges | null> {
    this.#closed.signal.throwIfAborted();
    return this.#feed.readStore.unitChanges(this.#step, { revision, most: mostChanged, withKeys });
  }

  /** In the order in which they first reported. */
  async #readAll(): Promise<Unit[]> {
    const { tenantId, id } = this.#step;
    const units: Unit[] = [];
    for (;;) {
      this.#closed.signal.throwIfAborted();
      const last = units.at(-1);
      const after = last && { at: null, key: last.key };
      const [page = []] = await this.#feed.readStore.unitPages(tenantId, [id], { first: portion, order: 'KEY', after });
      units.push(...page);
      if (units.length > mostUnits) throw tooMany();
      if (page.length < portion) return units.sort(byFirstReport);
    }
  }
}

const byFirstReport = (a: Unit, b: Unit) =>
  a.firstReportAt.getTime() - b.firstReportAt.getTime() || a.revision - b.revision || (a.key < b.key ? -1 : 1);

const tooMany = () =>
  new Fault(
    'LIMIT_EXCEEDED',
    `expected a step of at most ${mostUnits} units to follow, got more: page through its units`,
  );
