import type { Ref } from '../../domain/cluster.js';
import type { Housekeeping } from '../../domain/ports.js';
import { Prisma, type PrismaClient } from '../generated/client.js';
import { due, postpone } from './due.js';
import { reached, written } from './faults.js';

const { sql } = Prisma;

/** Deleting a cluster's row takes its operations and steps along: so many at once are still a short statement. */
const clustersAtOnce = 50;

/**
 * What is done now and then, on any number of servers at once: each takes what no other holds (SKIP LOCKED). `renew` is
 * called when the server that connections lead to has become read-only.
 */
export function createHousekeeping(prisma: PrismaClient, renew: () => void = () => {}): Housekeeping {
  return {
    eraseRedundant: (graceSeconds, limit) =>
      written(renew, () => erase(prisma, redundant(graceSeconds, limit), eraseRedundant, limit)),

    eraseExpired: (retentionDays, limit) =>
      written(renew, async () => {
        const erased = await erase(prisma, expired(retentionDays, limit), eraseAll, limit);
        await prisma.$executeRaw(dropClusters(retentionDays));
        return erased;
      }),

    async runningOperations(limit) {
      const rows = await reached(() => prisma.$queryRaw<StoredRef[]>(running(limit)));
      return rows.map(({ tenant_id, id }): Ref => ({ tenantId: tenant_id, id }));
    },
    due: (limit) => reached(() => due(prisma, limit)),
    postpone: (steps) => written(renew, () => postpone(prisma, steps)),
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
  WHERE state = 'SUCCEEDED' AND NOT redundant_erased AND completed_at <= now() - ${graceSeconds}::float8 * interval '1 second'
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
function erase(prisma: PrismaClient, steps: Prisma.Sql, what: Portion, limit: number): Promise<number> {
  return prisma.$transaction(
    async (tx) => {
      const locked = await tx.$queryRaw<StoredRef[]>(steps);
      if (locked.length === 0) return 0;
      const [row] = await tx.$queryRaw<[{ erased: number }]>(eraseEvents(locked, what, limit));
      return row.erased;
    },
    { maxWait: 5_000, timeout: 60_000 },
  );
}

/** What is erased of steps, which units go with it, and what is noted once nothing of it is left. */
interface Portion {
  readonly events: Prisma.Sql;
  readonly units: Prisma.Sql;
  readonly mark: Prisma.Sql;
  /** Whether the ids of what is erased are forgotten, too. */
  readonly forget: boolean;
}

/** F1: failures and late reports stay, and so do the units that explain them. */
const eraseRedundant: Portion = {
  events: sql`e.successful AND NOT e.late`,
  units: sql`u.last_failure_id IS NULL`,
  mark: sql`redundant_erased = NOT rest.found`,
  forget: false,
};

const eraseAll: Portion = { events: sql`true`, units: sql`true`, mark: sql`erased = NOT rest.found`, forget: true };

/**
 * Erases the steps' oldest events, `limit` at most, and as many of their units, whose last report no longer matters;
 * keeps in the step how far that went (W4), and the ids, which stay known (E2). The step's row is its own: neither
 * `revision` nor `updated_at` move, for what followers see of it stays, and the cluster's row is not touched.
 */
const eraseEvents = (steps: readonly StoredRef[], { events, units, mark, forget }: Portion, limit: number) => sql`
  WITH step AS (
    SELECT * FROM unnest(${steps.map((step) => step.tenant_id)}::text[], ${steps.map((step) => step.id)}::uuid[])
      AS step (tenant_id, id)
  ), oldest AS (
    SELECT event.* FROM step CROSS JOIN LATERAL (
      SELECT tenant_id, id FROM cluster_event e
      WHERE e.tenant_id = step.tenant_id AND e.provision_step_id = step.id AND ${events}
      ORDER BY revision LIMIT ${limit}
    ) AS event LIMIT ${limit}
  ), event AS (
    DELETE FROM cluster_event e USING oldest WHERE e.tenant_id = oldest.tenant_id AND e.id = oldest.id
    RETURNING e.tenant_id, e.provision_step_id, e.revision, e.id
  ), idle AS (
    SELECT unit.* FROM step CROSS JOIN LATERAL (
      SELECT tenant_id, provision_step_id, key FROM step_unit u
      WHERE u.tenant_id = step.tenant_id AND u.provision_step_id = step.id AND ${units} LIMIT ${limit}
    ) AS unit LIMIT ${limit}
  ), unit AS (
    DELETE FROM step_unit u USING idle
    WHERE u.tenant_id = idle.tenant_id AND u.provision_step_id = idle.provision_step_id AND u.key = idle.key
    RETURNING 1
  ), reach AS (
    SELECT step.tenant_id, step.id, coalesce(max(event.revision), 0) AS revision, array_agg(event.id) AS ids
    FROM step LEFT JOIN event ON event.tenant_id = step.tenant_id AND event.provision_step_id = step.id
    GROUP BY step.tenant_id, step.id
  ), known AS (
    INSERT INTO erased_events (tenant_id, provision_step_id, through, ids)
    SELECT tenant_id, id, revision, ids FROM reach WHERE revision > 0 AND NOT ${forget}
  ), forgotten AS (
    DELETE FROM erased_events x USING step
    WHERE ${forget} AND x.tenant_id = step.tenant_id AND x.provision_step_id = step.id
  ), causes AS (
    DELETE FROM step_cause x USING step
    WHERE ${forget} AND x.tenant_id = step.tenant_id AND x.provision_step_id = step.id
  ), mark AS (
    UPDATE cluster_provision_step s
    SET erased_through = greatest(s.erased_through, reach.revision), ${mark}
    FROM reach CROSS JOIN LATERAL (
      SELECT (SELECT count(*) FROM unit) >= ${limit} OR EXISTS (SELECT FROM cluster_event e WHERE e.tenant_id = reach.tenant_id
        AND e.provision_step_id = reach.id AND e.revision > reach.revision AND ${events}) AS found
    ) AS rest
    WHERE s.tenant_id = reach.tenant_id AND s.id = reach.id AND (reach.revision > 0 OR NOT rest.found)
  )
  SELECT greatest((SELECT count(*) FROM event), (SELECT count(*) FROM unit))::int AS erased`;

/** F3: the clusters themselves, once none of their events is left. */
const dropClusters = (retentionDays: number) => sql`
  DELETE FROM cluster WHERE (tenant_id, id) IN (
    SELECT tenant_id, id FROM cluster c
    WHERE deleted_at <= ${daysAgo(retentionDays)}
      AND NOT EXISTS (SELECT FROM cluster_event e WHERE e.tenant_id = c.tenant_id AND e.cluster_id = c.id)
    ORDER BY deleted_at LIMIT ${clustersAtOnce}
    FOR UPDATE SKIP LOCKED)`;

const running = (limit: number) => sql`
  SELECT tenant_id, id FROM cluster_operation WHERE state = 'RUNNING' ORDER BY lease_expires_at LIMIT ${limit}`;
