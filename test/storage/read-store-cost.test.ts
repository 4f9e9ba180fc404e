import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadStore } from '../../src/domain/ports.js';
import type { Database } from '../../src/storage/database.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import { type Fixture, fixture } from './fixture.js';

let on: Fixture;
let readStore: ReadStore;
beforeAll(async () => {
  on = await fixture();
  readStore = createReadStore(on.database.prisma);
});
afterAll(() => on?.close());

describe('cost', () => {
  const calls: Record<
    Exclude<keyof ReadStore, 'plugins' | 'revisionsOf' | 'now' | 'identity'>,
    (it: ReadStore, c: string, o: string, s: string) => Promise<unknown>
  > = {
    clusters: (it, c) => it.clusters('many', [c, randomUUID()]),
    clustersEvenDeleted: (it, c) => it.clustersEvenDeleted('many', [c, randomUUID()]),
    clusterPage: (it, c) => it.clusterPage('many', {}, { first: 50, after: { value: new Date(), id: c } }),
    operations: (it, _, o) => it.operations('many', [o, randomUUID()]),
    newestOperations: (it, c) => it.newestOperations('many', [c, randomUUID()]),
    clusterCounts: (it) => it.clusterCounts('many', { running: true }),
    events: (it) => it.events('many', [randomUUID()], null),
    eventsByErrorId: (it) => it.eventsByErrorId('many', 'E-7', 9, { page: 1000, all: 5000 }),
    failurePage: (it) => it.failurePage('many', { first: 9, texts: null }),
    operationPages: (it, c) => it.operationPages('many', [c, randomUUID()], { first: 20, after: 9 }),
    unitPages: (it, _, __, s) => it.unitPages('many', [s, randomUUID()], { first: 20, order: 'KEY' }),
    unitChanges: (it, c, _, s) =>
      it.unitChanges({ tenantId: 'many', id: s, clusterId: c }, { revision: 3, most: 100, withKeys: true }),
    causesOfSteps: (it, _, __, s) => it.causesOfSteps('many', [s, randomUUID()]),
    causesOfOperations: (it, _, o) => it.causesOfOperations('many', [o, randomUUID()]),
    steps: (it, _, __, s) => it.steps('many', [s, randomUUID()]),
    stepsOfClusters: (it, c) => it.stepsOfClusters('many', [c, randomUUID()]),
    currentSteps: (it, c) => it.currentSteps('many', [c, randomUUID()]),
    stepsOfOperations: (it, _, o) => it.stepsOfOperations('many', [o, randomUUID()]),
    async eventPage(it, clusterId, _, stepId) {
      for (const successful of [undefined, true, false]) {
        await it.eventPage('many', { clusterId, successful }, { first: 100, after: 3 });
        await it.eventPage('many', { clusterId, stepId, successful }, { first: 100, after: 3 });
      }
    },
    async eventPages(it, clusterId, operationId, stepId) {
      for (const conditions of [{ instanceId: 'i' }, { instanceName: 'n' }, { operationId }, { text: 't' }]) {
        await it.eventPages('many', [{ clusterId }], { first: 100, conditions, texts: null });
      }
      for (const successful of [undefined, true, false]) {
        for (const texts of [null, { page: 1000, all: 5000 }]) {
          await it.eventPages('many', [{ clusterId }], { first: 100, after: 3, conditions: { successful }, texts });
          await it.eventPages('many', [{ clusterId, stepId }], {
            first: 100,
            after: 3,
            conditions: { successful },
            texts,
          });
        }
      }
    },
    stepRuns: (it) => it.stepRuns([{ tenantId: 'many', pluginName: '', stepType: 'CREATING', stepName: 'one' }], 20),
    clusterState: (it, c) => it.clusterState('many', c, 10, { revision: 1, operation: 1 }),
    revisionOfLast: async (it, clusterId, _, stepId) => {
      for (const successful of [undefined, true, false]) {
        await it.revisionOfLast('many', { clusterId, successful }, 100);
        await it.revisionOfLast('many', { clusterId, stepId, successful }, 100);
      }
    },
    revisions: (it, c) => it.revisions([{ tenantId: 'many', id: c }]),
  };
  let ids: [string, string, string];

  beforeAll(async () => {
    // So many rows may take longer than a statement of the server's may.
    const client = new pg.Client(on.url);
    await client.connect();
    await client.query(`
      INSERT INTO cluster SELECT 'many', gen_random_uuid(), 'n', 's', NULL, NULL, NULL, 100, at, at, NULL
        FROM generate_series(now() - interval '500 s', now(), '1 s') AS at;
      INSERT INTO cluster_operation SELECT tenant_id, gen_random_uuid(), id, 'CREATING', 'SUCCEEDED', n, NULL, NULL, n, now(), now(), now()
        FROM cluster, generate_series(1, 4) AS n WHERE tenant_id = 'many';
      INSERT INTO cluster_provision_step SELECT tenant_id, gen_random_uuid(), cluster_id, id, 'n', 'CREATING', 'infra', p, 'SUCCEEDED',
          0, 0, NULL, true, now(), now(), 0, 0, false, 1, now(), now()
        FROM cluster_operation, generate_series(0, 2) AS p WHERE tenant_id = 'many';
      INSERT INTO cluster_event SELECT tenant_id, gen_random_uuid(), cluster_id, id, NULL, NULL, NULL, NULL, r % 3 > 0,
          CASE WHEN r % 3 = 0 THEN 'E-' || r END, row_number() OVER (PARTITION BY cluster_id), now(), now(), false, false, now()
        FROM cluster_provision_step, generate_series(1, 5) AS r WHERE tenant_id = 'many';
      ANALYZE`);
    await client.end();
    const { rows } = await on.database.pool.query(
      `SELECT cluster_id, operation_id, id FROM cluster_provision_step WHERE tenant_id = 'many' LIMIT 1`,
    );
    ids = [rows[0].cluster_id, rows[0].operation_id, rows[0].id];
  });

  /** How PostgreSQL would go about a query; with `seqscan` off, only what no index serves is read from end to end. */
  async function plan(query: Prisma.Sql, seqscan: 'on' | 'off' = 'on'): Promise<string> {
    const [, lines] = await on.database.prisma.$transaction([
      on.database.prisma.$queryRaw`SELECT set_config('enable_seqscan', ${seqscan}, true)`,
      on.database.prisma.$queryRaw<{ 'QUERY PLAN': string }[]>(Prisma.sql`EXPLAIN ${query}`),
    ]);
    return lines.map((line) => line['QUERY PLAN']).join('\n');
  }

  test.each(Object.entries(calls))('%s is one statement, and reads no table from end to end', async (name, call) => {
    const queries: Prisma.Sql[] = [];
    const { cluster, plugin } = on.database.prisma;
    const typed = { cluster, plugin };
    const listening = (query: Prisma.Sql) => {
      queries.push(query);
      return on.database.prisma.$queryRaw(query);
    };
    await call(createReadStore({ ...typed, $queryRaw: listening as Database['prisma']['$queryRaw'] }), ...ids);
    expect(queries).toHaveLength({ eventPage: 6, eventPages: 16, revisionOfLast: 6 }[name] ?? 1);
    for (const query of queries) {
      expect(await plan(query)).not.toContain('Seq Scan on cluster_event');
      const plain = await plan(query, 'off');
      expect(plain).not.toContain('Seq Scan');
      expect(plain.match(/Index Cond/g)).toHaveLength(plain.match(/Index (Only )?Scan/g)?.length ?? 0);
    }

    const before = on.statements();
    await call(readStore, ...ids);
    expect(on.statements() - before).toBe(queries.length);
  });

  const looked: Record<string, () => Promise<unknown>> = {
    plugins: () => readStore.plugins('many', ['a', 'b']),
    revisionsOf: () => readStore.revisionsOf(['many', 'other']),
  };
  test.each(Object.entries(looked))('%s is one statement of the typed client', async (_, look) => {
    const before = on.statements();
    await look();
    expect(on.statements() - before).toBe(1);
  });
});
