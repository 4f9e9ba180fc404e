import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ClusterState } from '../../src/domain/ports.js';
import { Prisma } from '../../src/storage/generated/client.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import { type Fixture, fixture, past, read, report, type Server, tenantId, whole } from '../fanout/fixture.js';

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A cluster whose 1000th operation runs its first of two steps, followed on another server. */
async function begin() {
  const [one, other] = on.servers(2) as [Server, Server];
  const { id } = await one.recorder.createCluster(tenantId, { name: 'hadoop' });
  await past(on, { tenantId, id }, 999, 10);
  await on.database.pool.query('ANALYZE');
  const planned = ['Launching', 'Configuring'].map((stepName) => ({ stepName, total: 100 }));
  const operation = await one.recorder.startOperation(tenantId, { clusterId: id, type: 'SCALING', steps: planned });
  const [steps = []] = await on.store.stepsOfOperations(tenantId, [operation?.id ?? '']);
  const stepId = steps[0]?.id ?? '';
  await one.recorder.startStep(tenantId, { stepId });
  return { one, other, id, stepId };
}

test('after a change of a cluster’s 1000th operation, no more than what changed is read', async () => {
  const { one, other, id, stepId } = await begin();
  const { sink } = read<{ steps: { id: string; completed: number }[] }>(
    await other.hub.progress({ tenantId, id }, whole),
  );
  await sink.until(({ messages }) => messages.length === 1);
  expect(sink.messages[0]?.steps).toHaveLength(9 * 10 + 2);
  const clusterState = vi.spyOn(on.store, 'clusterState').mockClear();
  await report(one, stepId, 0, 1);
  await sink.until(({ messages }) => messages.at(-1)?.steps[0]?.completed === 1);
  const states: (ClusterState | null)[] = await Promise.all(clusterState.mock.results.map(({ value }) => value));
  expect(states.map((state) => state?.steps.map((step) => step.id))).toEqual([[stepId]]);
  expect(states.flatMap((state) => state?.operations ?? []).length).toBeLessThanOrEqual(1);

  // Nor does PostgreSQL look at more, to find it.
  const [tenant, cluster, operations, since] = clusterState.mock.calls[0] as Parameters<typeof on.store.clusterState>;
  expect(await scanned((store) => store.clusterState(tenant, cluster, operations, since))).toBeLessThanOrEqual(10);
  // Of a snapshot: the cluster, ten operations and one more, each once for itself and once for its steps, and these.
  expect(await scanned((store) => store.clusterState(tenant, cluster, operations))).toBeLessThanOrEqual(
    1 + 11 * 3 + 102,
  );
  expect(await scanned((store) => store.clusterState(tenant, cluster, 1_000))).toBeGreaterThan(9_990);
});

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

/** How many rows PostgreSQL scans for a read. */
async function scanned(call: (store: ReturnType<typeof createReadStore>) => Promise<unknown>): Promise<number> {
  const queries: Prisma.Sql[] = [];
  const { prisma } = on.database;
  const { cluster, plugin } = prisma;
  const listening = (query: Prisma.Sql) => {
    queries.push(query);
    return prisma.$queryRaw(query);
  };
  await call(createReadStore({ cluster, plugin, $queryRaw: listening as typeof prisma.$queryRaw }));
  const [query] = queries as [Prisma.Sql];
  const [row] = await prisma.$queryRaw<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(
    Prisma.sql`EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
  );
  const sum = (plan: Plan): number => {
    const own = plan['Node Type'].includes('Scan')
      ? (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops']
      : 0;
    return (plan.Plans ?? []).reduce((total, beneath) => total + sum(beneath), own);
  };
  return sum((row as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan);
}
