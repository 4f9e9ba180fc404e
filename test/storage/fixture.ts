import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '../../src/storage/database.js';
import type { ClusterRow } from '../../src/storage/store/rows.js';
import { quiet, testDatabase } from '../support/database.js';
import { seed } from './seed.js';

export interface Fixture {
  readonly url: string;
  readonly database: Database;
  readonly rows: ReturnType<typeof seed>;
  /** How many statements were made so far: outside of transactions, each takes a connection once. */
  statements(): number;
  close(): Promise<void>;
}

/** A database of the file's own. */
export async function fixture(): Promise<Fixture> {
  const { url, close } = await testDatabase();
  const database = await openDatabase({ url, dataDir: '', log: quiet });
  let statements = 0;
  database.pool.on('acquire', () => statements++);
  return {
    url,
    database,
    rows: seed(database.pool),
    statements: () => statements,
    async close() {
      await database.close();
      await close();
    },
  };
}

/** A tenant of the test's own, so that lists hold nothing but its rows. */
export const tenant = () => `tenant-${randomUUID()}`;

export const idsOf = (things: readonly ({ id: string } | null)[]) => things.map((thing) => thing?.id ?? null);

/** A cluster with an operation and a step. */
export async function tree(rows: Fixture['rows'], row: Partial<ClusterRow> = {}) {
  const cluster = await rows.cluster(row);
  const operation = await rows.operation(cluster);
  return { cluster, operation, step: await rows.step(operation) };
}
