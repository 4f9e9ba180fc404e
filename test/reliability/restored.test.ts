import pg from 'pg';
import { expect, inject, onTestFinished, test } from 'vitest';
import { progressOf } from '../rules/follow.js';
import { createCluster, Ended, event, report, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { databaseAt, dropDatabase, testDatabase } from '../support/database.js';
import { until } from '../support/wait.js';

/** A database that is replaced beneath its users by a copy made before, as when a backup is restored. */
async function restorable() {
  const { url, close } = await testDatabase();
  const name = new URL(url).pathname.slice(1);
  const admin = new pg.Client(inject('postgres').url);
  await admin.connect();
  onTestFinished(async () => {
    await close();
    await admin.end();
    await dropDatabase(inject('postgres').url, `${name}_lost`);
  });
  const execute = async (...statements: readonly string[]) => {
    for (const statement of statements) await admin.query(statement);
  };
  return {
    url,
    backUp: async () => {
      await execute(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`);
      const copy = new pg.Client(databaseAt(url, `${name}_copy`));
      await copy.connect();
      // A dump that is loaded has a table of its own; a copy of files is told so.
      await copy.query('UPDATE database_epoch SET id = gen_random_uuid()');
      await copy.end();
    },
    restore: () =>
      execute(
        `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND usename = current_user`,
        `ALTER DATABASE ${name} RENAME TO ${name}_lost`,
        `ALTER DATABASE ${name}_copy RENAME TO ${name}`,
      ),
  };
}

/** Follows a cluster as a client does, resuming by its cursor, until so many units are done. */
async function follow(url: string, clusterId: string, completed: number, started: () => void): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const live = progressOf(url, clusterId, after);
    try {
      await live.until(({ clusterProgress: { cursor, steps } }) => {
        started();
        after = cursor;
        return steps.some((step) => step.completed === completed);
      });
      return;
    } catch (end) {
      if (!(end instanceof Ended) || end.errors?.some(({ extensions }) => extensions?.code !== 'UNAVAILABLE'))
        throw end;
    } finally {
      started();
      await live.close();
    }
  }
}

test('W1: while a database is restored beneath a running server readers come and go, and none waits for ever', async () => {
  const database = await restorable();
  const before = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  const { id: clusterId } = await createCluster(before.url);
  const { steps } = await startOperation(before.url, clusterId, [{ stepName: 'launch', total: 100 }]);
  const stepId = steps[0]?.id as string;
  await before.close();
  await database.backUp();

  const { url, close } = await startApp({ databaseUrl: database.url, logLevel: 'silent' });
  onTestFinished(close);
  await report(url, [event(stepId), event(stepId), event(stepId)]);
  const readers: Promise<void>[] = [];
  let isRestored = false;
  const arrivals = Array.from({ length: 4 }, async () => {
    for (let count = 0; count < 10 || !isRestored; count++) {
      await new Promise<void>((started) => readers.push(follow(url, clusterId, 10, started)));
    }
  });
  await database.restore();
  await until(async () => (await fetch(`${url}/readyz`)).status === 200);
  isRestored = true;
  await Promise.all(arrivals);
  await report(
    url,
    Array.from({ length: 10 }, () => event(stepId)),
  );
  await Promise.all(readers);
  expect(readers.length).toBeGreaterThanOrEqual(40);
});
