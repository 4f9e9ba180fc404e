import type { RunKey, StepRun } from '../../domain/estimate/run.js';
import { Prisma } from '../generated/client.js';
import { runColumns } from './columns.js';
import { type Read, select } from './reading.js';
import { type RunRow, toRun } from './run-rows.js';
import type { Statement } from './transaction.js';

const { sql } = Prisma;

/** Of each step's runs, so many of the newest are kept. */
const kept = 100;

/**
 * Keeps runs of steps that have ended, and forgets the oldest of the same steps, however many servers do so at once:
 * what another one forgets is left to it, for none may wait for another here.
 */
export const keepingRuns: Statement = {
  name: 'keep runs',
  text: `
    WITH run AS (
      SELECT * FROM json_to_recordset($1) AS r ("tenantId" text, "stepId" uuid, "pluginName" text, "stepType" "StepType", "stepName" text,
        "operationId" uuid, "clusterId" uuid, total int, successful boolean, "startedAt" timestamptz, "endedAt" timestamptz,
        duration float8, "firstAt" float8, "earlyGap" float8, "longestGap" float8, times real[])
    ), kept AS (
      INSERT INTO step_run (tenant_id, step_id, plugin_name, step_type, step_name, operation_id, cluster_id, total, successful,
        started_at, ended_at, duration, first_at, early_gap, longest_gap, times)
      SELECT * FROM run
      ON CONFLICT (tenant_id, step_id) DO UPDATE SET total = excluded.total, successful = excluded.successful,
        ended_at = excluded.ended_at, duration = excluded.duration, first_at = excluded.first_at, early_gap = excluded.early_gap,
        longest_gap = excluded.longest_gap, times = excluded.times
    ), old AS (
      SELECT x.tenant_id, x.step_id FROM step_run x
      WHERE (x.tenant_id, x.step_id) IN (
        SELECT o.tenant_id, o.step_id FROM (SELECT DISTINCT "tenantId", "pluginName", "stepType", "stepName" FROM run) k,
          LATERAL (SELECT o.tenant_id, o.step_id FROM step_run o WHERE o.tenant_id = k."tenantId" AND o.plugin_name = k."pluginName"
            AND o.step_type = k."stepType" AND o.step_name = k."stepName" ORDER BY o.ended_at DESC OFFSET ${kept - 1}) o
      ) AND (x.tenant_id, x.step_id) NOT IN (SELECT "tenantId", "stepId" FROM run)
      FOR UPDATE SKIP LOCKED
    )
    DELETE FROM step_run x USING old WHERE x.tenant_id = old.tenant_id AND x.step_id = old.step_id`,
};

/** The newest runs of each of these steps, in the order given. */
export async function stepRuns(read: Read, keys: readonly RunKey[], most: number): Promise<StepRun[][]> {
  if (keys.length === 0) return [];
  const rows = await read<RunRow & { place: number }>(sql`
    SELECT k.place::int AS place, r.* FROM unnest(${keys.map(({ tenantId }) => tenantId)}::text[], ${keys.map(({ pluginName }) => pluginName)}::text[],
      ${keys.map(({ stepType }) => stepType)}::text[], ${keys.map(({ stepName }) => stepName)}::text[])
      WITH ORDINALITY AS k (tenant_id, plugin_name, step_type, step_name, place)
    CROSS JOIN LATERAL (
      SELECT ${select('x', runColumns)} FROM step_run x
      WHERE x.tenant_id = k.tenant_id AND x.plugin_name = k.plugin_name AND x.step_type = k.step_type::"StepType" AND x.step_name = k.step_name
      ORDER BY x.ended_at DESC LIMIT ${most}
    ) AS r
    ORDER BY k.place, r.ended_at DESC`);
  const found: StepRun[][] = keys.map(() => []);
  for (const row of rows) found[row.place - 1]?.push(toRun(row));
  return found;
}
