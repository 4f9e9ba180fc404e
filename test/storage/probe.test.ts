import { once } from 'node:events';
import { createServer } from 'node:net';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createProbe } from '../../src/storage/probe.js';
import { otherConnections, testDatabase } from '../support/database.js';
import { until } from '../support/wait.js';

function probeOf(connectionString: string) {
  const probe = createProbe({ connectionString });
  onTestFinished(() => probe.close());
  return probe;
}

async function ownDatabase() {
  const database = await testDatabase({ bare: true });
  onTestFinished(() => database.close());
  return database;
}

test('a database that can be written to answers, over one connection for callers at the same time', async () => {
  const { url } = await ownDatabase();
  const probe = probeOf(url);
  expect(await Promise.all(Array.from({ length: 50 }, () => probe.answers()))).toEqual(Array(50).fill(true));
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query('SELECT 1 FROM pg_stat_activity WHERE datname = current_database()');
  expect(rows).toHaveLength(2);
});

test('one that takes no writes does not, and does again when it takes them', async () => {
  const { url } = await ownDatabase();
  const writes = async (takes: boolean) => {
    const client = new pg.Client(url);
    await client.connect();
    const name = new URL(url).pathname.slice(1);
    await client.query('SET default_transaction_read_only = off');
    await client.query(`ALTER DATABASE ${name} SET default_transaction_read_only = ${takes ? 'off' : 'on'}`);
    await client.end();
  };
  await writes(false);
  expect(await probeOf(url).answers()).toBe(false);
  await writes(true);
  expect(await probeOf(url).answers()).toBe(true);
});

test('one that is away does not, and one that comes back does', async () => {
  const { url } = await ownDatabase();
  const probe = probeOf(url);
  expect(await probe.answers()).toBe(true);
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`SELECT pg_terminate_backend(pid) ${otherConnections}`);
  await client.end();
  await until(() => probe.answers());
  expect(await probeOf('postgresql://127.0.0.1:1/none').answers()).toBe(false);
});

test('one that takes connections and says nothing does not, soon enough', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  // Without a deadline it would not answer at all.
  expect(await probeOf(`postgresql://127.0.0.1:${port}/none`).answers()).toBe(false);
});
