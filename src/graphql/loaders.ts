import DataLoader from 'dataloader';
import type { StepCause } from '../domain/causes/step-cause.js';
import type { Cluster } from '../domain/cluster.js';
import { Fault } from '../domain/errors.js';
import { nameOf, type RunKey, type StepRun } from '../domain/estimate/run.js';
import type { Event } from '../domain/event.js';
import type { Operation } from '../domain/operation.js';
import type { Plugin } from '../domain/plugin.js';
import type { EventConditions, LogPart, LogRef, Page, ReadStore, Texts, UnitPage } from '../domain/ports.js';
import type { Step } from '../domain/step.js';
import type { Unit } from '../domain/unit.js';
import type { History } from './history.js';
import { readLimits } from './limits/limits.js';
import type { LiveRows } from './live-rows.js';
import { type Reads, tooMuchText } from './reads.js';

/** A page of events, but for whose. */
export interface EventPageArguments extends Page<number> {
  readonly conditions: EventConditions;
  /** Whether `eventInfo` is read. */
  readonly texts: boolean;
}

export interface LoadersOptions {
  readonly readStore: ReadStore;
  readonly history: History;
  readonly tenantId: string;
  readonly reads: Reads;
  readonly live: LiveRows | undefined;
}

type Load<Value> = (ids: readonly string[], most: number) => Promise<Value[]>;
type LoadSteps = Load<readonly Step[]>;

/**
 * One statement for all that a request asks of the same kind, and for all pages with the same arguments. Each loader is
 * made when it is first used: most requests need none. Of a subscription, what the message's view holds is answered from
 * it: it is not read, and does not count as read.
 */
export class Loaders {
  readonly #readStore: ReadStore;
  readonly #history: History;
  readonly #tenantId: string;
  readonly #reads: Reads;
  readonly #live: LiveRows | undefined;
  #made = new Map<string, unknown>();

  constructor({ readStore, history, tenantId, reads, live }: LoadersOptions) {
    this.#readStore = readStore;
    this.#history = history;
    this.#tenantId = tenantId;
    this.#reads = reads;
    this.#live = live;
  }

  /** By id. */
  get cluster(): DataLoader<string, Cluster | null> {
    return this.#loader('cluster', (ids) => this.#readStore.clusters(this.#tenantId, ids), this.#live?.cluster);
  }
  /** The cluster of a row that is held: a deleted one, too (F3). */
  async holder(clusterId: string): Promise<Cluster> {
    const load = (ids: readonly string[]) => this.#readStore.clustersEvenDeleted(this.#tenantId, ids);
    return present(await this.#loader('holder', load, this.#live?.cluster).load(clusterId), clusterId);
  }
  /** By id; of a deleted cluster, too. */
  get operation(): DataLoader<string, Operation | null> {
    const load = (ids: readonly string[]) => this.#readStore.operations(this.#tenantId, ids);
    return this.#loader('operation', load, this.#live?.operation);
  }
  /** By id; of a deleted cluster, too. */
  get step(): DataLoader<string, Step | null> {
    const load = (ids: readonly string[]) => this.#readStore.steps(this.#tenantId, ids);
    return this.#loader('step', load, this.#live?.step);
  }
  /** By id; of a deleted cluster, too. Whether `eventInfo` is read. */
  event(texts: boolean): DataLoader<string, Event | null> {
    return this.#once(`event ${texts}`, () => new DataLoader((ids) => this.#events(ids, texts)));
  }
  /** By cluster: its newest operation. */
  get newestOperation(): DataLoader<string, Operation | null> {
    const load = (ids: readonly string[]) => this.#readStore.newestOperations(this.#tenantId, ids);
    return this.#loader('newestOperation', load, this.#live?.newestOperation);
  }
  /** By cluster: all its steps, oldest first. */
  get stepsOfCluster(): DataLoader<string, readonly Step[]> {
    const load: LoadSteps = async (ids, most) => {
      const stored = await this.#readStore.stepsOfClusters(this.#tenantId, ids, most);
      return stored.map((steps, index) => this.#live?.asOfMessage(ids[index] as string, steps) ?? steps);
    };
    return this.#loader('stepsOfCluster', load, this.#live?.stepsOfCluster);
  }
  /** By cluster: the steps of its newest operation, by position. */
  get currentSteps(): DataLoader<string, readonly Step[]> {
    const load: LoadSteps = (ids) => this.#readStore.currentSteps(this.#tenantId, ids);
    return this.#loader('currentSteps', load, this.#live?.currentSteps);
  }
  /** By operation: its steps, by position. */
  get stepsOfOperation(): DataLoader<string, readonly Step[]> {
    const load: LoadSteps = (ids, most) => this.#readStore.stepsOfOperations(this.#tenantId, ids, most);
    return this.#loader('stepsOfOperation', load, this.#live?.stepsOfOperation);
  }
  /** By name. */
  get plugin(): DataLoader<string, Plugin | null> {
    return this.#loader('plugin', async (names) => {
      const plugins = await this.#readStore.plugins(this.#tenantId, names);
      return names.map((name) => plugins.find((plugin) => plugin.name === name) ?? null);
    });
  }
  /** By cluster: a page of its operations, newest first. */
  operationPage(page: Page<number>): DataLoader<string, readonly Operation[]> {
    const key = `operations ${page.first} ${page.after}`;
    const load: Load<readonly Operation[]> = (ids) => this.#readStore.operationPages(this.#tenantId, ids, page);
    return this.#loader(key, load, (id) => this.#live?.operationPage(id, page));
  }

  /** By step: why its units failed. */
  get causesOfStep(): DataLoader<string, readonly StepCause[]> {
    const load: Load<readonly StepCause[]> = (ids) => this.#readStore.causesOfSteps(this.#tenantId, ids);
    return this.#loader('causesOfStep', load);
  }
  /** By operation: why units of its steps failed. */
  get causesOfOperation(): DataLoader<string, readonly StepCause[]> {
    const load: Load<readonly StepCause[]> = (ids) => this.#readStore.causesOfOperations(this.#tenantId, ids);
    return this.#loader('causesOfOperation', load);
  }

  /** By step: a page of its units. */
  unitPage(page: UnitPage): DataLoader<string, readonly Unit[]> {
    const load: Load<readonly Unit[]> = (ids) => this.#readStore.unitPages(this.#tenantId, ids, page);
    return this.#loader(`units ${JSON.stringify(page)}`, load);
  }

  /** A page of each log: all of clusters, or all of steps. */
  eventPage({ texts, ...page }: EventPageArguments, ofSteps: boolean): DataLoader<LogRef, LogPart, string> {
    const key = `events ${ofSteps} ${texts} ${JSON.stringify(page)}`;
    return this.#once(key, () => {
      const load = (logs: readonly LogRef[], most?: number) =>
        this.#readStore.eventPages(this.#tenantId, logs, { ...page, texts: share(most, logs.length) });
      return new DataLoader<LogRef, LogPart, string>(
        async (logs) => {
          if (!texts) return this.#reads.run(() => load(logs));
          const parts = await this.#reads.texts((most) => load(logs, most), bytesOf);
          return parts.map((part) => (part.excessive ? tooMuchText() : part));
        },
        { cacheKeyFn: ({ clusterId, stepId }) => `${clusterId} ${stepId}` },
      );
    });
  }

  /** By step: runs of the same step before, the newest first. */
  get runs(): DataLoader<RunKey, readonly StepRun[], string> {
    const load = (keys: readonly RunKey[]) => this.#reads.run(() => this.#history.load(this.#readStore, keys));
    return this.#once('runs', () => new DataLoader<RunKey, readonly StepRun[], string>(load, { cacheKeyFn: nameOf }));
  }

  /** Forgets what was read, so that what is read after a write shows it (W8). */
  clear(): void {
    this.#made = new Map();
  }

  async #events(ids: readonly string[], texts: boolean): Promise<(Event | null)[]> {
    const read = (texts: Texts) => this.#readStore.events(this.#tenantId, ids, texts);
    const part = texts
      ? await this.#reads.texts(
          (all) => read({ page: all, all }),
          ({ events }) => eventBytes(events),
        )
      : await this.#reads.run(() => read(null));
    if (part.cut || part.excessive) throw tooMuchText();
    const found = new Map(part.events.map((event) => [event.id, event]));
    return ids.map((id) => found.get(id.toLowerCase()) ?? null);
  }

  #loader<Value>(key: string, load: Load<Value>, live: (id: string) => Value | undefined = () => undefined) {
    return this.#once(key, () => new DataLoader<string, Value>((ids) => this.#rows(ids, load, live)));
  }

  async #rows<Value>(ids: readonly string[], load: Load<Value>, live: (id: string) => Value | undefined) {
    const found = new Map(ids.map((id) => [id, live(id)]));
    const missing = ids.filter((id) => found.get(id) === undefined);
    if (missing.length > 0) {
      const loaded = await this.#reads.rows((most) => load(missing, most), rowsOf);
      for (const [index, id] of missing.entries()) found.set(id, loaded[index]);
    }
    return ids.map((id) => found.get(id) as Value);
  }

  /** Each key stands for one type of loader. */
  #once<Loader>(key: string, make: () => Loader): Loader {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    return made as Loader;
  }
}

/** A row that another one refers to: without it the database would not hold the other. It may have been erased in between. */
export function present<Row>(row: Row | null, id: string): Row {
  if (row) return row;
  throw new Fault('NOT_FOUND', `expected ${id} to be there still, but it was erased in between`);
}

/** How many rows a batch has brought. */
const rowsOf = (values: readonly unknown[]) =>
  values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : Number(value !== null)), 0);

const bytesOf = (parts: readonly LogPart[]) => parts.reduce((sum, { events }) => sum + eventBytes(events), 0);

/** Bytes of their texts. */
export const eventBytes = (events: readonly Event[]) => events.reduce((sum, event) => sum + sizeOf(event), 0);

const sizeOf = ({ eventInfo }: Event) => (eventInfo === null ? 0 : Buffer.byteLength(eventInfo));

/** Many pages at once are shorter ones: each has an event at least, and all have their share. */
export const share = (all: number | undefined, pages: number): Texts =>
  all === undefined ? null : { all, page: Math.min(readLimits.pageBytes, Math.ceil(all / pages)) };
