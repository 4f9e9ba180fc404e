import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import type { Log } from '../../src/domain/ports.js';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, whoever is still connected. */
  close(): Promise<void>;
}

/** A database of its own, migrated and empty, or, with `bare`, without any tables. */
export async function testDatabase({ bare = false } = {}): Promise<TestDatabase> {
  const { url, template } = inject('postgres');
  const name = `stepcast_test_${randomUUID().replaceAll('-', '')}`;
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${bare ? 'template0' : template}`);
  return { url: databaseAt(url, name), close: () => execute(url, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** The same server, another database. */
export const databaseAt = (url: string, name: string) => url.replace(/^([^?]*\/)[^/?]*(?=\?|$)/, `$1${name}`);

export const quiet: Log = { error: () => {}, warn: () => {}, info: () => {} };

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
