import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { WriteStore } from '../../src/domain/ports.js';
import { Recorder } from '../../src/domain/record.js';
import { createWriteStore } from '../../src/storage/store/write-store.js';
import { openPool, quiet } from '../support/database.js';
import { type Fixture, fixture, tenant } from './fixture.js';

let own: Fixture;
beforeAll(async () => {
  own = await fixture();
});
afterAll(() => own.close());

/** Connections that fail, in words nobody knows, as soon as COMMIT has been sent. */
function failingAtCommit() {
  const pool = openPool({ ...own.database.connection, pipeline: true, max: 3 });
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
    const query = client.query.bind(client) as (config: pg.QueryConfig) => Promise<unknown>;
    client.query = ((config: pg.QueryConfig) => {
      const answer = query(config);
      const { stream } = (client as unknown as { connection: { stream: import('node:net').Socket } }).connection;
      if (config.text === 'COMMIT') stream.end(() => stream.destroy(new Error('words of a driver to come')));
      return answer;
    }) as typeof client.query;
  });
  return pool;
}

test('E1, E2: a batch whose COMMIT was sent and whose answer is not known is UNAVAILABLE, and not written again', async () => {
  const pool = failingAtCommit();
  const store = createWriteStore({ writers: pool, notices: null, stored: () => {} });
  const transact = vi.fn(store.transact);
  const fallback = vi.fn();
  const recorder = new Recorder({
    writeStore: { transact: transact as WriteStore['transact'] },
    announce: () => {},
    fallback,
    log: quiet,
    eventLog: true,
  });
  const tenantId = tenant();
  const outcomes = await Promise.allSettled(
    ['first', 'second', 'third'].map((name) => recorder.createCluster(tenantId, { name })),
  );
  expect(outcomes).toMatchObject(Array(3).fill({ status: 'rejected', reason: { code: 'UNAVAILABLE' } }));
  // The first is a batch of its own, the others are the next: neither is tried a second time.
  expect(transact).toHaveBeenCalledTimes(2);
  expect(fallback.mock.calls.flatMap(([changes]) => changes)).toHaveLength(3);
  await pool.end();
});

test('the rows that a batch stores are counted, those of a batch with failures too: the tables are analysed as they grow', async () => {
  const stored = vi.fn<(rows: number) => void>();
  const store = createWriteStore({ writers: own.database.writers, notices: null, stored });
  const recorder = new Recorder({
    writeStore: store,
    announce: () => {},
    fallback: () => {},
    log: quiet,
    eventLog: true,
  });
  const tenantId = tenant();
  const { id: clusterId } = await recorder.createCluster(tenantId, { name: 'a' });
  const [stepId, id] = [randomUUID(), randomUUID()];
  const steps = [{ id: stepId, stepName: 'one', total: 9 }];
  await recorder.startOperation(tenantId, { clusterId, type: 'CREATING', steps });
  await recorder.reportEvents(tenantId, { events: [{ id, stepId, successful: false, instanceId: 'a' }] });
  // A cluster; cluster, operation and step; cluster, step, unit and event.
  expect(stored.mock.calls).toEqual([[1], [3], [4]]);
});
