import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { createProbe } from '../../src/storage/probe.js';
import { createStore } from '../../src/storage/store/store.js';
import { databaseAt, quiet } from '../support/database.js';
import { ask } from '../support/embedded.js';
import { type Fixture, fixture, tenant } from './fixture.js';

let own: Fixture;
beforeAll(async () => {
  own = await fixture();
});
afterAll(() => own.close());

const store = () => createStore({ database: own.database, notices: null, log: quiet });
const id = crypto.randomUUID();

/** Takes every connection that reads have, until the test ends. */
async function takeAll() {
  const clients = await Promise.all(Array.from({ length: 10 }, () => own.database.pool.connect()));
  onTestFinished(() => {
    for (const client of clients) client.release();
  });
}

test('readers who have all their connections hold up neither leases nor erasing', async () => {
  await takeAll();
  const { due, eraseRedundant, eraseExpired } = store();
  expect(await due(10)).toMatchObject({ operations: [], steps: [] });
  expect(await eraseRedundant(1, 10)).toBe(0);
  expect(await eraseExpired(1, 10)).toBe(0);
});

test('nor reports, signs of life, or the look at the database of /readyz', async () => {
  const recorder = new Recorder({
    writeStore: store(),
    announce: () => {},
    fallback: () => {},
    log: quiet,
    eventLog: true,
  });
  const probe = createProbe(own.database.connection);
  onTestFinished(() => probe.close());
  const tenantId = tenant();
  const { id: clusterId } = await recorder.createCluster(tenantId, { name: 'one' });
  await takeAll();
  const operation = await recorder.startOperation(tenantId, {
    clusterId,
    type: 'CREATING',
    steps: [{ stepName: 'only' }],
    leaseSeconds: 60,
  });
  expect(await recorder.heartbeat(tenantId, { operationId: operation?.id ?? '' })).toMatchObject({ leaseSeconds: 60 });
  expect(await probe.answers()).toBe(true);
});

test('so many may wait for a connection; who comes then is told to come again at once', async () => {
  await takeAll();
  const waiting = Array.from({ length: 5_000 }, () => own.database.pool.query('SELECT 1').catch((error) => error));
  await expect(store().clusters('acme', [id])).rejects.toMatchObject({
    code: 'LIMIT_EXCEEDED',
    retryable: true,
    message: 'expected at most 5000 to wait for a connection to the database, got one more: try again later',
  });
  const [first] = await Promise.all(waiting);
  expect(first).toMatchObject({ message: 'timeout exceeded when trying to connect' });
});

test.each(['a report', 'housekeeping'])(
  'a server that has become read-only, as %s finds, is left by reads too',
  async (who) => {
    const { pool, writers, connection, renew } = own.database;
    const backend = async () => (await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    const url = connection.connectionString as string;
    const name = new URL(url).pathname.slice(1);
    const recorder = new Recorder({
      writeStore: store(),
      announce: () => {},
      fallback: () => {},
      log: quiet,
      eventLog: true,
    });
    const [pid] = await Promise.all([backend(), writers.query(`SELECT 1`)]);
    expect(await backend()).toBe(pid);
    await ask(url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    onTestFinished(async () => {
      await ask(databaseAt(url, 'postgres'), `ALTER DATABASE ${name} RESET default_transaction_read_only`);
      renew();
    });
    await writers.query('SET default_transaction_read_only = on');
    const write = () =>
      who === 'a report' ? recorder.createCluster(tenant(), { name: 'one' }) : store().eraseRedundant(1, 1);
    await expect(write()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await backend()).not.toBe(pid);
  },
);
