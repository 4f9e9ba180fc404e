import type { Ref } from '../../domain/cluster.js';
import type { Due, DueStep, Postponed } from '../../domain/ports.js';
import { Prisma, type PrismaClient } from '../generated/client.js';
import { stepColumns } from './columns.js';
import { select } from './reading.js';
import { type StepRow, toStep } from './rows.js';

const { sql } = Prisma;

interface DueRow {
  now: Date;
  operations: { tenant_id: string; id: string }[] | null;
  steps: (StepRow & { plugin_name: string | null; running: boolean; heard_at: string | null })[] | null;
  next: Date | null;
}

/**
 * One statement, on the two indexes of what is due and when: where nothing is, it touches no row. Those that are longest
 * overdue come first.
 */
export async function due(prisma: PrismaClient, limit: number): Promise<Due> {
  const [row] = await prisma.$queryRaw<[DueRow]>(sql`
    SELECT date_trunc('milliseconds', now()) AS now,
      (SELECT json_agg(o) FROM (SELECT tenant_id, id FROM cluster_operation
        WHERE state = 'RUNNING' AND lease_expires_at <= now() ORDER BY lease_expires_at LIMIT ${limit}) o) AS operations,
      (SELECT json_agg(d) FROM (SELECT ${select('s', stepColumns)}, c.plugin_name, o.state = 'RUNNING' AS running,
          (SELECT greatest(o.last_report_at, max(other.last_report_at)) FROM cluster_provision_step other
            WHERE other.tenant_id = s.tenant_id AND other.operation_id = s.operation_id) AS heard_at
        FROM (SELECT * FROM cluster_provision_step s WHERE due_at <= now() ORDER BY due_at LIMIT ${limit}) s
        JOIN cluster c ON c.tenant_id = s.tenant_id AND c.id = s.cluster_id
        JOIN cluster_operation o ON o.tenant_id = s.tenant_id AND o.id = s.operation_id) d) AS steps,
      least(
        (SELECT min(lease_expires_at) FROM cluster_operation WHERE state = 'RUNNING' AND lease_expires_at > now()),
        (SELECT min(due_at) FROM cluster_provision_step WHERE due_at > now())) AS next`);
  return {
    now: row.now,
    operations: (row.operations ?? []).map(({ tenant_id, id }): Ref => ({ tenantId: tenant_id, id })),
    steps: (row.steps ?? []).map(
      ({ plugin_name, running, heard_at, ...step }): DueStep => ({
        step: toStep(step),
        pluginName: plugin_name,
        isRunning: running,
        heardAt: heard_at === null ? null : new Date(heard_at),
      }),
    ),
    next: row.next,
  };
}

/** Whoever holds a step's row writes to it: it is looked at again then. Neither its revision nor its cluster's moves. */
export async function postpone(prisma: PrismaClient, steps: readonly Postponed[]): Promise<void> {
  if (steps.length === 0) return;
  await prisma.$executeRaw(sql`
    WITH free AS (
      SELECT s.tenant_id, s.id, n.due_at FROM unnest(${steps.map(({ tenantId }) => tenantId)}::text[], ${steps.map(({ id }) => id)}::uuid[],
        ${steps.map(({ from }) => from)}::timestamptz[], ${steps.map(({ to }) => to)}::timestamptz[]) AS n (tenant_id, id, was_due_at, due_at)
      JOIN cluster_provision_step s ON s.tenant_id = n.tenant_id AND s.id = n.id AND s.due_at = n.was_due_at
      FOR NO KEY UPDATE OF s SKIP LOCKED
    )
    UPDATE cluster_provision_step s SET due_at = free.due_at FROM free WHERE s.tenant_id = free.tenant_id AND s.id = free.id`);
}
