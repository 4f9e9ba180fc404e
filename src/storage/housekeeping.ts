import type { Ref } from '../domain/cluster.js';
import type { Housekeeping } from '../domain/ports.js';
import { reached } from './faults.js';
import { Prisma, type PrismaClient } from './generated/client.js';

const { sql, empty } = Prisma;

/** Deleting a cluster's row takes its operations and steps along: so many at once are still a short statement. */
const clustersAtOnce = 50;

/** What is done now and then, on any number of servers at once: each takes what no other holds (SKIP LOCKED). */
export function createHousekeeping(prisma: PrismaClient): Housekeeping {
  return {
    eraseRedundant: (graceSeconds, limit) => erase(prisma, redundant(graceSeconds, limit), limit),

    async eraseExpired(retentionDays, limit) {
      const erased = await erase(prisma, expired(retentionDays, limit), limit);
      await reached(() => prisma.$executeRaw(dropClusters(retentionDays)));
      return erased;
    },

    async overdueOperations(all, limit) {
      const rows = await reached(() => prisma.$queryRaw<StoredRef[]>(running(all, limit)));
      return rows.map(({ tenant_id, id }): Ref => ({ tenantId: tenant_id, id }));
    },
  };
}

interface StoredRef {
  tenant_id: string;
  id: string;
}

const daysAgo = (days: number) => sql`now() - ${days}::float8 * interval '1 day'`;

/** F1. Such a step is closed (S8), so that no report waits for the lock on its row. */
const redundant = (graceSeconds: number, limit: number) => sql`
  SELECT tenant_id, id FROM cluster_provision_step
  WHERE state = 'SUCCEEDED' AND NOT erased AND completed_at <= now() - ${graceSeconds}::float8 * interval '1 second'
  ORDER BY completed_at LIMIT ${limit}
  FOR NO KEY UPDATE SKIP LOCKED`;

/**
 * F2, F3. A step is older than the end of its operation: looking at its age first keeps to the index of steps that may
 * still have events, however many operations there ever were.
 */
const expired = (retentionDays: number, limit: number) => sql`
  SELECT s.tenant_id, s.id FROM cluster_provision_step s
  JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id
  JOIN cluster c ON c.tenant_id = s.tenant_id AND c.id = s.cluster_id
  WHERE NOT s.erased AND s.created_at <= ${daysAgo(retentionDays)}
    AND (o.completed_at <= ${daysAgo(retentionDays)} OR c.deleted_at <= ${daysAgo(retentionDays)})
  ORDER BY s.created_at LIMIT ${limit}
  FOR NO KEY UPDATE OF s SKIP LOCKED`;

/**
 * Locks the steps, then erases from them. Two statements: the second one's snapshot is younger than the locks, so it
 * does not count events that another server has just erased.
 */
function erase(prisma: PrismaClient, steps: Prisma.Sql, limit: number): Promise<number> {
  return reached(() =>
    prisma.$transaction(
      async (tx) => {
        const locked = await tx.$queryRaw<StoredRef[]>(steps);
        if (locked.length === 0) return 0;
        const [row] = await tx.$queryRaw<[{ erased: number }]>(eraseEvents(locked, limit));
        return row.erased;
      },
      { maxWait: 5_000, timeout: 60_000 },
    ),
  );
}

/**
 * Erases the steps' oldest events, `limit` at most, each with its unit, whose last report no longer matters; keeps in
 * the step how far that went (W4). The step's row is its own: neither `revision` nor `updated_at` move, for what
 * followers see of it stays, and the cluster's row is not touched.
 */
const eraseEvents = (steps: readonly StoredRef[], limit: number) => sql`
  WITH step AS (
    SELECT * FROM unnest(${steps.map((step) => step.tenant_id)}::text[], ${steps.map((step) => step.id)}::uuid[])
      AS step (tenant_id, id)
  ), oldest AS (
    SELECT event.* FROM step CROSS JOIN LATERAL (
      SELECT tenant_id, id FROM cluster_event e WHERE e.tenant_id = step.tenant_id AND e.provision_step_id = step.id
      ORDER BY revision LIMIT ${limit}
    ) AS event LIMIT ${limit}
  ), event AS (
    DELETE FROM cluster_event e USING oldest WHERE e.tenant_id = oldest.tenant_id AND e.id = oldest.id
    RETURNING e.tenant_id, e.provision_step_id, e.revision, coalesce('i:' || e.instance_id, 'n:' || e.instance_name) AS unit
  ), unit AS (
    DELETE FROM step_unit u USING event
    WHERE u.tenant_id = event.tenant_id AND u.provision_step_id = event.provision_step_id AND u.unit = event.unit
  ), reach AS (
    SELECT step.tenant_id, step.id, coalesce(max(event.revision), 0) AS revision
    FROM step LEFT JOIN event ON event.tenant_id = step.tenant_id AND event.provision_step_id = step.id
    GROUP BY step.tenant_id, step.id
  ), mark AS (
    UPDATE cluster_provision_step s
    SET erased_through = greatest(s.erased_through, reach.revision), erased = NOT rest.found
    FROM reach CROSS JOIN LATERAL (
      SELECT EXISTS (SELECT FROM cluster_event e WHERE e.tenant_id = reach.tenant_id
        AND e.provision_step_id = reach.id AND e.revision > reach.revision) AS found
    ) AS rest
    WHERE s.tenant_id = reach.tenant_id AND s.id = reach.id AND (reach.revision > 0 OR NOT rest.found)
  )
  SELECT count(*)::int AS erased FROM event`;

/** F3: the clusters themselves, once none of their events is left. */
const dropClusters = (retentionDays: number) => sql`
  DELETE FROM cluster WHERE (tenant_id, id) IN (
    SELECT tenant_id, id FROM cluster c
    WHERE deleted_at <= ${daysAgo(retentionDays)}
      AND NOT EXISTS (SELECT FROM cluster_event e WHERE e.tenant_id = c.tenant_id AND e.cluster_id = c.id)
    ORDER BY deleted_at LIMIT ${clustersAtOnce}
    FOR UPDATE SKIP LOCKED)`;

/** S12: the longest overdue first. */
const running = (all: boolean, limit: number) => sql`
  SELECT tenant_id, id FROM cluster_operation
  WHERE state = 'RUNNING' ${all ? empty : sql`AND lease_expires_at <= now()`}
  ORDER BY lease_expires_at LIMIT ${limit}`;
