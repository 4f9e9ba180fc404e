import { randomUUID } from 'node:crypto';
import { onTestFinished, vi } from 'vitest';
import { createMemoryBus, Exchange } from '../../src/bus/memory.js';
import type { Ref } from '../../src/domain/cluster.js';
import type { DatabaseIdentity, Log, Store } from '../../src/domain/ports.js';
import { Recorder } from '../../src/domain/record.js';
import type { Subscription } from '../../src/fanout/group.js';
import { Hub } from '../../src/fanout/hub.js';
import { beginning } from '../../src/fanout/position.js';
import type { Source } from '../../src/fanout/source.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { quiet, testDatabase } from '../support/database.js';
import { FrailBus } from './frail-bus.js';
import { render, TestSink } from './sink.js';

export interface Fixture {
  readonly store: Store;
  readonly database: Database;
  /** How many statements and transactions were made so far: each takes a connection once. */
  statements(): number;
  /** So many servers beside one another, all gone with the test. `interval` in milliseconds; 0 sends every change. */
  servers(count: number, interval?: number, log?: Log): Server[];
  close(): Promise<void>;
}

/** A server's write path and fan-out. */
export interface Server {
  readonly hub: Hub;
  readonly recorder: Recorder;
  readonly bus: FrailBus;
}

/** A database of the file's own. */
export async function fixture(): Promise<Fixture> {
  const { url, close } = await testDatabase();
  const database = await openDatabase({ url, dataDir: '', log: quiet });
  const store = createStore({ database, notices: null, log: quiet });
  const identity = await store.identity();
  let statements = 0;
  for (const pool of [database.pool, database.writers]) pool.on('acquire', () => statements++);
  return {
    store,
    database,
    statements: () => statements,
    servers(count, interval = 0, log = quiet) {
      const exchange = new Exchange();
      return Array.from({ length: count }, () => server(store, identity, exchange, interval, log));
    },
    async close() {
      await database.close();
      await close();
    },
  };
}

function server(store: Store, identity: DatabaseIdentity, exchange: Exchange, interval: number, log: Log): Server {
  const bus = new FrailBus(createMemoryBus(exchange, randomUUID()));
  const hub = new Hub({ readStore: store, bus, identity, interval, log });
  const recorder = new Recorder({
    writeStore: store,
    eventLog: true,
    log: quiet,
    announce: hub.announce,
    fallback: hub.fallback,
  });
  onTestFinished(async () => {
    await recorder.close();
    hub.close();
    await bus.close();
  });
  return { hub, recorder, bus };
}

/** The servers that come poll when the test says, not by the clock. */
export function fakePoll() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return { poll: (times = 1) => void vi.advanceTimersByTime(times * 1_000) };
}

/** The next read of this kind answers what it found only when it is let go. */
export function holdBack(store: Store, name: 'clusterState' | 'clustersEvenDeleted' | 'revisions' | 'revisionsOf') {
  const make = store[name] as (...args: unknown[]) => Promise<unknown>;
  let letGo = () => {};
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const found = new Promise<void>((resolve) => {
    const held = async (...args: unknown[]) => {
      const answer = await make(...args);
      resolve();
      await released;
      return answer;
    };
    vi.spyOn(store, name as 'revisions').mockImplementationOnce(held as Store['revisions']);
  });
  return { found, letGo: () => letGo() };
}

export const tenantId = 'acme';

/** What a subscriber of a cluster's state asks for that begins with what is. */
export const whole = { from: beginning, operations: 10 };

/** A cluster on which an operation runs, with a running step of so many units, and another after it. */
export async function runningStep({ recorder }: Server, total: number): Promise<{ ref: Ref; stepId: string }> {
  const { id } = await recorder.createCluster(tenantId, { name: 'hadoop' });
  const operation = await recorder.startOperation(tenantId, { clusterId: id, type: 'CREATING', steps: [] });
  const stepId = await added(recorder, operation?.id, 'Launching instances', total);
  await added(recorder, operation?.id, 'Configuring instances', total);
  await recorder.startStep(tenantId, { stepId });
  return { ref: { tenantId, id }, stepId };
}

async function added(
  recorder: Recorder,
  operationId: string | undefined,
  stepName: string,
  total: number,
): Promise<string> {
  const step = await recorder.addStep(tenantId, { operationId: operationId ?? '', stepName, total });
  return step?.id ?? '';
}

/** Gives a cluster so many operations that have ended, of so many steps each. */
export async function past({ database }: Fixture, { tenantId, id }: Ref, operations: number, steps: number) {
  await database.pool.query(
    `WITH operation AS (
       INSERT INTO cluster_operation
       SELECT $1, gen_random_uuid(), $2, 'CREATING', 'SUCCEEDED', n, NULL, NULL, 1, now(), now(), now()
       FROM generate_series(1, $3::int) AS n RETURNING id)
     INSERT INTO cluster_provision_step
     SELECT $1, gen_random_uuid(), $2, id, 'n', 'CREATING', 'infra', p, 'SUCCEEDED', 0, 0, NULL, true, now(), now(), 0, 0, false, 1, now(), now()
     FROM operation, generate_series(0, $4::int - 1) AS p`,
    [tenantId, id, operations, steps],
  );
}

/** Reports of so many instances, numbered from `from`. Answers the events' ids, in order. */
export async function report(
  { recorder }: Server,
  stepId: string,
  from: number,
  count: number,
  successful = true,
): Promise<string[]> {
  const events = Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    stepId,
    successful,
    instanceName: `worker-${from + index}`,
  }));
  for (let i = 0; i < count; i += 1_000) await recorder.reportEvents(tenantId, { events: events.slice(i, i + 1_000) });
  return events.map(({ id }) => id);
}

export interface Read<Message> {
  readonly sink: TestSink<Message>;
  readonly reader: Subscription;
  /** Leaves. */
  stop(): void;
}

/** Reads a source until the test is over, or stops. */
export function read<Message>(source: Source, sink = new TestSink<Message>()): Read<Message> {
  const reader = source.join('', render, sink);
  const stop = () => {
    reader.close();
    source.release();
  };
  onTestFinished(stop);
  return { sink, reader, stop };
}
