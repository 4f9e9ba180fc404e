import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { createPostgresBus } from '../../src/bus/postgres.js';
import { encodeNotice, type Notice } from '../../src/domain/hint.js';
import type { Hint } from '../../src/domain/ports.js';
import { Recorder } from '../../src/domain/record.js';
import { openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store.js';
import { busContract, type FrailCarrier, frailBusContract, hint, pair, patient } from '../contracts/bus.js';
import { databaseAt, quiet, testDatabase } from '../support/database.js';

const channel = 'Hints of a "test"';

busContract(start);
frailBusContract(start);

test('a notice too long for NOTIFY says "anything" once, and what is no notice says it too', async () => {
  const { carrier, a, b } = await pair(start);
  const { heard } = await b.follow(hint());
  await a.publish(...Array.from({ length: 1_000 }, () => hint()));
  await vi.waitFor(() => expect(heard).toEqual([null]), patient);
  await carrier.say('no notice');
  await carrier.say('[1, 2]');
  await vi.waitFor(() => expect(heard).toEqual([null, null, null]), patient);
});

test('a hint is heard when its commit is done, and never if it is rolled back', async () => {
  const { carrier, b } = await pair(start);
  const [undone, done] = [hint(), hint()];
  const { heard } = await b.follow({ tenantId: 'tenant', id: null });
  await carrier.query('BEGIN');
  await carrier.commit(randomUUID(), [undone]);
  await carrier.query('ROLLBACK');
  await carrier.commit(randomUUID(), [done]);
  await vi.waitFor(() => expect(heard).toEqual([done]), patient);
});

test('E1, W6: a commit of the store carries its hints itself, and a commit of nothing none', async () => {
  const { url, close } = await testDatabase();
  const database = await openDatabase({ url, dataDir: '', log: quiet });
  const bus = await createPostgresBus({ connection: database.connection, channel, origin: randomUUID(), log: quiet });
  onTestFinished(async () => {
    await bus.close();
    await database.close();
    await close();
  });
  const heard: (Hint | null)[] = [];
  bus.subscribe({ tenantId: 'tenant', id: null }, (hint) => heard.push(hint));
  const notices = { channel, origin: randomUUID() };
  const store = createStore({ database, notices: () => notices, log: quiet });
  const recorder = new Recorder({ journal: store, announce: () => {}, suspect: () => {}, eventLog: true, log: quiet });
  const { id } = await recorder.createCluster('tenant', { name: 'hadoop' });
  await recorder.registerPlugin('tenant', { name: 'vanilla', provisioningSteps: {} });
  await recorder.updateCluster('tenant', { id, status: 'Active' });
  await vi.waitFor(() => expect(heard).toHaveLength(2), patient);
  expect(heard).toEqual([1, 2].map((revision) => ({ tenantId: 'tenant', id, revision })));
});

test('a database that cannot be reached at the start is said so, without its password', async () => {
  const connection = { connectionString: 'postgres://someone:secret@127.0.0.1:1/nowhere' };
  const opening = createPostgresBus({ connection, channel, origin: randomUUID(), log: quiet });
  await expect(opening).rejects.toThrow(
    'expected the database to let a connection LISTEN, got: connect ECONNREFUSED 127.0.0.1:1',
  );
});

/** A database of the test's own. What is cut off from it are the connections that listen, not the one that writes. */
async function start() {
  const { url, close } = await testDatabase({ bare: true });
  const name = new URL(url).pathname.slice(1);
  const [writer, admin] = await Promise.all([
    connected(url),
    connected(databaseAt(inject('postgres').url, 'postgres')),
  ]);
  onTestFinished(async () => {
    await Promise.all([writer.end(), admin.end()]);
    await close();
  });
  const say = async (text: string) => void (await writer.query('SELECT pg_notify($1, $2)', [channel, text]));
  const notify = (notice: Notice) => say(encodeNotice(notice, 7_900));
  return {
    open: (origin: string) => createPostgresBus({ connection: { connectionString: url }, channel, origin, log: quiet }),
    commit: (origin: string, hints: Notice['hints']) => notify({ origin, hints }),
    alarm: () => notify({ origin: randomUUID(), hints: null }),
    attachesLater: false,
    say,
    query: (sql: string) => writer.query(sql),
    async cut() {
      await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query LIKE 'LISTEN %'`;
      await admin.query(others, [name]);
    },
    restore: async () => void (await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)),
  } satisfies FrailCarrier & Record<string, unknown>;
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
