import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { createPostgresBus } from '../../src/bus/postgres.js';
import { encodeNotice, type Notice } from '../../src/domain/hint.js';
import type { Hint } from '../../src/domain/ports.js';
import { Recorder } from '../../src/domain/record.js';
import { openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { busContract, type FrailCarrier, frailBusContract, hint, pair } from '../contracts/bus.js';
import { databaseAt, openPool, quiet, testDatabase } from '../support/database.js';
import { eventually } from '../support/wait.js';

const channel = 'Hints of a "test"';

busContract(start);
frailBusContract(start);

test('what is no notice says "anything"', async () => {
  const { carrier, b } = await pair(start);
  const { heard } = await b.follow(hint());
  const texts = [
    'no notice',
    '[1, 2]',
    '["a", "tenant"]',
    '["a", "tenant", ["id"]]',
    '["a", 1, ["id", 1]]',
    '{}',
    'null',
    '',
  ];
  for (const text of texts) await carrier.say(text);
  await eventually(() => expect(heard).toEqual(texts.map(() => null)));
});

test('a hint is heard when its commit is done, and never if it is rolled back', async () => {
  const { carrier, b } = await pair(start);
  const [undone, done] = [hint(), hint()];
  const { heard } = await b.follow({ tenantId: 'tenant', id: null });
  await carrier.query('BEGIN');
  await carrier.commit(randomUUID(), [undone]);
  await carrier.query('ROLLBACK');
  await carrier.commit(randomUUID(), [done]);
  await eventually(() => expect(heard).toEqual([done]));
});

test('E1, W6: a commit of the store carries all its hints itself, however many, and a commit of nothing none', async () => {
  const { url, close } = await testDatabase();
  const database = await openDatabase({ url, dataDir: '', log: quiet });
  const { connection, pool } = database;
  const bus = await createPostgresBus({ connection, pool, channel, origin: randomUUID(), log: quiet });
  onTestFinished(async () => {
    await bus.close();
    await database.close();
    await close();
  });
  const heard: (Hint | null)[] = [];
  bus.subscribe({ tenantId: 'tenant', id: null }, (hint) => heard.push(hint));
  const store = createStore({ database, notices: { channel, origin: randomUUID() }, log: quiet });
  const recorder = new Recorder({
    writeStore: store,
    announce: () => {},
    fallback: () => {},
    eventLog: true,
    log: quiet,
  });
  const { id } = await recorder.createCluster('tenant', { name: 'hadoop' });
  await recorder.registerPlugin('tenant', { name: 'vanilla', provisioningSteps: {} });
  await recorder.updateCluster('tenant', { id, status: 'Active' });
  await eventually(() => expect(heard).toHaveLength(2));
  expect(heard).toEqual([1, 2].map((revision) => ({ tenantId: 'tenant', id, revision })));

  heard.length = 0;
  const many = Array.from({ length: 1_000 }, (_, number) =>
    recorder.createCluster('tenant', { name: `of many: ${number}` }),
  );
  const made = (await Promise.all(many)).map((cluster) => cluster.id);
  await eventually(() => expect(heard).toHaveLength(made.length));
  expect(new Set(heard.map((hint) => hint?.id))).toEqual(new Set(made));
});

test('a database that cannot be reached at the start is said so, without its password', async () => {
  const connection = { connectionString: 'postgres://someone:secret@127.0.0.1:1/nowhere' };
  const pool = openPool(connection);
  const opening = createPostgresBus({ connection, pool, channel, origin: randomUUID(), log: quiet });
  await expect(opening).rejects.toThrow(
    'expected the database to let a connection LISTEN, got: connect ECONNREFUSED 127.0.0.1:1',
  );
});

/** A database of the test's own. What is cut off from it are the connections that listen, not the one that writes. */
async function start() {
  const { url, close } = await testDatabase({ bare: true });
  const name = new URL(url).pathname.slice(1);
  const connection = { connectionString: url };
  const pool = openPool({ ...connection, idleTimeoutMillis: 10 });
  const [writer, admin] = await Promise.all([
    connected(url),
    connected(databaseAt(inject('postgres').url, 'postgres')),
  ]);
  onTestFinished(async () => {
    await Promise.all([writer.end(), admin.end(), pool.end()]);
    await close();
  });
  const say = async (text: string) => void (await writer.query('SELECT pg_notify($1, $2)', [channel, text]));
  const notify = async (notice: Notice) => {
    for (const text of encodeNotice(notice, 7_900)) await say(text);
  };
  return {
    open: (origin: string) => createPostgresBus({ connection, pool, channel, origin, log: quiet }),
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
