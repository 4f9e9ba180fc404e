import { randomUUID } from 'node:crypto';
import { onTestFinished, vi } from 'vitest';
import { createMemoryBus, Exchange } from '../../src/bus/memory.js';
import type { Ref } from '../../src/domain/cluster.js';
import type { Store } from '../../src/domain/ports.js';
import { Recorder } from '../../src/domain/record.js';
import type { Following } from '../../src/fanout/following.js';
import type { Reader } from '../../src/fanout/group.js';
import { Hub } from '../../src/fanout/hub.js';
import { openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store.js';
import { quiet, testDatabase } from '../support/database.js';
import { FrailBus } from './frail-bus.js';
import { render, TestPort } from './port.js';

export interface Fixture {
  readonly store: Store;
  /** How many statements and transactions were made so far: each takes a connection once. */
  statements(): number;
  /** So many servers beside one another, all gone with the test. `interval` in milliseconds; 0 sends every change. */
  servers(count: number, interval?: number): Server[];
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
  const store = createStore({ database, notices: () => null, log: quiet });
  let statements = 0;
  for (const pool of [database.pool, database.writers]) pool.on('acquire', () => statements++);
  return {
    store,
    statements: () => statements,
    servers(count, interval = 0) {
      const exchange = new Exchange();
      return Array.from({ length: count }, () => server(store, exchange, interval));
    },
    async close() {
      await database.close();
      await close();
    },
  };
}

function server(store: Store, exchange: Exchange, interval: number): Server {
  const bus = new FrailBus(createMemoryBus(exchange, randomUUID()));
  const hub = new Hub({ library: store, bus, interval });
  const recorder = new Recorder({
    journal: store,
    eventLog: true,
    log: quiet,
    announce: hub.announce,
    suspect: hub.suspect,
  });
  onTestFinished(async () => {
    await recorder.close();
    hub.close();
    await bus.close();
  });
  return { hub, recorder, bus };
}

/** The nets of the servers that come are cast by the test, not by the clock. */
export function fakeNet() {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  return { cast: (times = 1) => void vi.advanceTimersByTime(times * 1_000) };
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
  readonly port: TestPort<Message>;
  readonly reader: Reader;
  /** Leaves. */
  stop(): void;
}

/** Reads what is followed until the test is over, or stops. */
export function read<Message>(following: Following, port = new TestPort<Message>()): Read<Message> {
  const reader = following.join('', render, port);
  const stop = () => {
    reader.close();
    following.release();
  };
  onTestFinished(stop);
  return { port, reader, stop };
}
