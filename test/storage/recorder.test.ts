import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Clash, Fault } from '../../src/domain/errors.js';
import type { WriteStore } from '../../src/domain/ports.js';
import { bytesOf, Queue } from '../../src/domain/queue.js';
import { Recorder, type RecorderOptions } from '../../src/domain/record.js';
import { createStore } from '../../src/storage/store/store.js';
import { quiet } from '../support/database.js';
import { eventually } from '../support/wait.js';
import { type Fixture, fixture, tenant } from './fixture.js';

let own: Fixture;
let store: WriteStore;
beforeAll(async () => {
  own = await fixture();
  store = createStore({ database: own.database, notices: null, log: quiet });
});
afterAll(() => own.close());

const recorder = (options: Partial<RecorderOptions> = {}) =>
  new Recorder({
    writeStore: store,
    announce: () => {},
    fallback: () => {},
    log: quiet,
    eventLog: true,
    ...options,
  });

const stored = async (tenantId: string) =>
  (
    await own.database.pool.query<{ name: string }>('SELECT name FROM cluster WHERE tenant_id = $1 ORDER BY name', [
      tenantId,
    ])
  ).rows.map(({ name }) => name);

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('E1: what is committed is answered from the commit alone', () => {
  const broken = () => {
    throw new Error('broken');
  };

  test('an error in announcing is logged, written nowhere twice, and readers are sent to the database', async () => {
    const error = vi.fn();
    const fallback = vi.fn();
    const tenantId = tenant();
    const transact = vi.fn(store.transact);
    const written = recorder({
      writeStore: { transact: transact as WriteStore['transact'] },
      announce: broken,
      fallback,
      log: { ...quiet, error },
    });
    const made = await Promise.all(numbers(200).map((n) => written.createCluster(tenantId, { name: `${n}` })));
    expect(await stored(tenantId)).toEqual(made.map(({ name }) => name).sort());
    expect(error).toHaveBeenCalledTimes(transact.mock.calls.length);
    expect(fallback.mock.calls.flatMap(([changes]) => changes)).toHaveLength(200);
  });

  test('an error of the log, or of the fallback itself, reaches no reporter', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const tenantId = tenant();
    const written = recorder({ announce: broken, fallback: broken, log: { ...quiet, error: broken } });
    const { id: clusterId } = await written.createCluster(tenantId, { name: 'one' });
    const steps = [{ stepName: 'first' }, { stepName: 'second' }];
    const operation = await written.startOperation(tenantId, { clusterId, type: 'CREATING', steps });
    expect(operation?.state).toBe('RUNNING');
    await written.finishOperation(tenantId, { operationId: operation?.id ?? '', successful: false, reason: 'a test' });
    expect(await stored(tenantId)).toEqual(['one']);
    expect(said).toHaveBeenCalled();
    said.mockRestore();
  });
});

/** The database refuses a tenant of this name: a text cannot hold NUL. */
const poisoned = (tenantId: string) => `${tenantId}\0`;

/** A store to which other servers' commits come in between so many times, whenever the tenant is among those written. */
function clashing(times: ReadonlyMap<string, number>) {
  const left = new Map(times);
  let transactions = 0;
  const transact: WriteStore['transact'] = (readSet, decide) => {
    transactions += 1;
    const [found] = readSet.clusters.filter(({ tenantId }) => (left.get(tenantId) ?? 0) > 0);
    if (!found) return store.transact(readSet, decide);
    left.set(found.tenantId, (left.get(found.tenantId) ?? 0) - 1);
    return Promise.reject(new Clash('another came in between'));
  };
  return { writeStore: { transact }, transactions: () => transactions };
}

describe('one bad command does not cost its neighbours', () => {
  test('E1: wherever poison and clashes are in a batch, all others are recorded exactly once', async () => {
    const kind = fc.oneof(
      { weight: 8, arbitrary: fc.constant('good' as const) },
      { weight: 1, arbitrary: fc.constant('poison' as const) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 4 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 40 }), async (kinds) => {
        const tenants = kinds.map(() => tenant());
        const clashes = new Map(
          kinds.flatMap((kind, index) => (typeof kind === 'number' ? [[tenants[index] as string, kind] as const] : [])),
        );
        const written = recorder(clashing(clashes));
        const outcomes = await Promise.allSettled(
          kinds.map((kind, index) => {
            const tenantId = tenants[index] as string;
            return written.createCluster(kind === 'poison' ? poisoned(tenantId) : tenantId, { name: `${index}` });
          }),
        );
        expect(outcomes.map(({ status }) => status)).toEqual(
          kinds.map((kind) => (kind === 'poison' ? 'rejected' : 'fulfilled')),
        );
        for (const [index, kind] of kinds.entries())
          expect(await stored(tenants[index] as string)).toEqual(kind === 'poison' ? [] : [`${index}`]);
        expect(written.bytes).toBe(0);
      }),
      { numRuns: 25 },
    );
  });

  test('one that the database refuses is found by halving: some transactions, not one for each', async () => {
    const { writeStore, transactions } = clashing(new Map());
    const written = recorder({ writeStore });
    const tenantId = tenant();
    const outcomes = await Promise.allSettled(
      numbers(1_000).map((n) => written.createCluster(n === 700 ? poisoned(tenantId) : tenantId, { name: `${n}` })),
    );
    expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([700]);
    expect(transactions()).toBeLessThan(40);
  });

  test('a batch that clashes once is tried again as a whole', async () => {
    const tenantId = tenant();
    const { writeStore, transactions } = clashing(new Map([[tenantId, 1]]));
    const written = recorder({ writeStore });
    // The first goes out alone.
    const first = written.createCluster(tenant(), { name: 'first' });
    await Promise.all([first, ...numbers(100).map((n) => written.createCluster(tenantId, { name: `${n}` }))]);
    expect(transactions()).toBe(3);
  });

  test('one that clashes without end is UNAVAILABLE', async () => {
    const tenantId = tenant();
    const written = recorder(clashing(new Map([[tenantId, Number.POSITIVE_INFINITY]])));
    const outcomes = await Promise.allSettled(
      [tenant(), tenantId, tenant(), tenant()].map((tenantId) => written.createCluster(tenantId, { name: 'one' })),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { name: 'Fault', code: 'UNAVAILABLE' } });
  });
});

describe('what waits for a database that hangs is bounded', () => {
  const hanging: WriteStore = { transact: () => new Promise(() => {}) };

  test('by bytes: 100 reporters who repeat 8 MiB are told to come again, and 64 MiB are held', async () => {
    const written = recorder({ writeStore: hanging });
    const description = 'x'.repeat(8 * 2 ** 20);
    const outcomes: unknown[] = [];
    for (let time = 0; time < 100; time++) {
      written
        .updateCluster('acme', { id: crypto.randomUUID(), statusDescription: description })
        .catch((error) => outcomes.push(error));
      expect(written.bytes).toBeLessThanOrEqual(64 * 2 ** 20);
    }
    await eventually(() => expect(outcomes.length).toBeGreaterThanOrEqual(93));
    for (const error of outcomes) expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED', retryable: true });
  });

  test('by bytes of a transaction', () => {
    const queue = new Queue({ waiting: 100, bytes: 1_000, batch: 100, batchBytes: 100, timeoutMs: 60_000 });
    const pending = (bytes: number) => ({
      command: {} as never,
      weight: 1,
      bytes,
      resolve: () => {},
      reject: () => {},
    });
    for (const bytes of [60, 40, 1, 300, 20]) queue.add(pending(bytes));
    const taken = numbers(5).map(() => queue.take().map(({ bytes }) => bytes));
    expect(taken).toEqual([[60, 40], [1], [300], [20], []]);
    expect(queue.bytes).toBe(421);
  });

  test('by time', async () => {
    const queue = new Queue({ waiting: 100, bytes: 1_000, batch: 100, batchBytes: 100, timeoutMs: 1 });
    const refused = await new Promise((reject) =>
      queue.add({ command: {} as never, weight: 1, bytes: 7, resolve: () => {}, reject }),
    );
    expect(refused).toBeInstanceOf(Fault);
    expect(refused).toMatchObject({ code: 'UNAVAILABLE' });
    expect([queue.length, queue.bytes, queue.weight]).toEqual([0, 0, 0]);
  });

  test('a value is weighed by its texts', () => {
    expect(bytesOf({ events: [{ eventInfo: 'ä'.repeat(500) }] })).toBeGreaterThanOrEqual(1_000);
    expect(bytesOf({ events: [{ eventInfo: 'ä'.repeat(500) }] })).toBeLessThan(1_200);
  });
});
