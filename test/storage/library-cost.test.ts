import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Library } from '../../src/domain/ports.js';
import type { Database } from '../../src/storage/database.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createLibrary } from '../../src/storage/library.js';
import { type Fixture, fixture } from './fixture.js';

let on: Fixture;
let library: Library;
beforeAll(async () => {
  on = await fixture();
  library = createLibrary(on.database.prisma);
});
afterAll(() => on?.close());

describe('cost', () => {
  const calls: Record<
    Exclude<keyof Library, 'plugins' | 'revisionsOf'>,
    (it: Library, c: string, o: string, s: string) => Promise<unknown>
  > = {
    clusters: (it, c) => it.clusters('many', [c, randomUUID()]),
    clustersEvenDeleted: (it, c) => it.clustersEvenDeleted('many', [c, randomUUID()]),
    clusterPage: (it, c) => it.clusterPage('many', {}, { first: 50, after: { createdAt: new Date(), id: c } }),
    operations: (it, _, o) => it.operations('many', [o, randomUUID()]),
    runningOperations: (it, c) => it.runningOperations('many', [c, randomUUID()]),
    operationPage: (it, c) => it.operationPage('many', c, { first: 20, after: 9 }),
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
    eventByErrorId: (it) => it.eventByErrorId('many', 'E-7'),
    clusterState: (it, c) => it.clusterState('many', c, 1),
    revisions: (it, c) => it.revisions([{ tenantId: 'many', id: c }]),
  };
  let ids: [string, string, string];

  beforeAll(async () => {
    await on.database.pool.query(`
      INSERT INTO cluster SELECT 'many', gen_random_uuid(), 'n', 's', NULL, NULL, NULL, 100, at, at, NULL
        FROM generate_series(now() - interval '500 s', now(), '1 s') AS at;
      INSERT INTO cluster_operation SELECT tenant_id, gen_random_uuid(), id, 'CREATING', 'SUCCEEDED', n, NULL, NULL, n, now(), now(), now()
        FROM cluster, generate_series(1, 4) AS n WHERE tenant_id = 'many';
      INSERT INTO cluster_provision_step SELECT tenant_id, gen_random_uuid(), cluster_id, id, 'n', 'CREATING', 'infra', p, 'SUCCEEDED',
          0, 0, NULL, true, now(), now(), 0, 0, false, 1, now(), now()
        FROM cluster_operation, generate_series(0, 2) AS p WHERE tenant_id = 'many';
      INSERT INTO cluster_event SELECT tenant_id, gen_random_uuid(), cluster_id, id, NULL, NULL, NULL, NULL, r % 3 > 0,
          CASE WHEN r % 3 = 0 THEN 'E-' || r END, row_number() OVER (PARTITION BY cluster_id), now(), now()
        FROM cluster_provision_step, generate_series(1, 5) AS r WHERE tenant_id = 'many';
      ANALYZE`);
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
    const listening = (query: Prisma.Sql) => {
      queries.push(query);
      return on.database.prisma.$queryRaw(query);
    };
    await call(createLibrary({ $queryRaw: listening as Database['prisma']['$queryRaw'] }), ...ids);
    expect(queries).toHaveLength(name === 'eventPage' ? 6 : 1);
    for (const query of queries) {
      expect(await plan(query)).not.toContain('Seq Scan on cluster_event');
      const plain = await plan(query, 'off');
      expect(plain).not.toContain('Seq Scan');
      expect(plain.match(/Index Cond/g)).toHaveLength(plain.match(/Index (Only )?Scan/g)?.length ?? 0);
    }

    const before = on.statements();
    await call(library, ...ids);
    expect(on.statements() - before).toBe(queries.length);
  });
});
