import { mostCauses, otherCauses } from '../../domain/causes/step-cause.js';
import type { CauseChanges } from '../../domain/causes/tally.js';
import type { Send, Statement } from './transaction.js';

/**
 * Counts failures by their causes, behind the statement that stores their events: nothing where a batch has none. The lock
 * on the cluster's row keeps other batches from its steps' causes.
 */
export function saveCauses(send: Send, { counted, moved }: CauseChanges): void {
  if (counted.length === 0 && moved.length === 0) return;
  send(counting, [JSON.stringify(counted), JSON.stringify(moved)]);
}

/**
 * A cause has its own row, if it has one already or there is room; all others share one. No row is removed while the step
 * has events, so that what was counted in one is taken from the same.
 */
const counting: Statement = {
  name: 'count causes',
  text: `
    WITH counted AS (
      SELECT r."tenantId" AS tenant_id, r."provisionStepId" AS step_id, r.hash, r.pattern, r.reports, 0 AS units,
        r."firstSeenAt" AS first_seen_at, r."lastSeenAt" AS last_seen_at, r."sampleId" AS sample_id
      FROM json_to_recordset($1) AS r ("tenantId" text, "provisionStepId" uuid, hash text, pattern text, reports int,
        "firstSeenAt" timestamptz, "lastSeenAt" timestamptz, "sampleId" uuid)
    ), moved AS (
      SELECT e.tenant_id, e.provision_step_id AS step_id, e.cause AS hash, NULL AS pattern, m.reports, m.units,
        e.occurred_at AS first_seen_at, e.occurred_at AS last_seen_at, e.id AS sample_id
      FROM json_to_recordset($2) AS m ("tenantId" text, id uuid, units int, reports int),
        LATERAL (SELECT e.tenant_id, e.provision_step_id, e.cause, e.occurred_at, e.id FROM cluster_event e WHERE e.tenant_id = m."tenantId" AND e.id = m.id AND e.cause IS NOT NULL OFFSET 0) e
    ), changed AS (
      SELECT tenant_id, step_id, hash, max(pattern) AS pattern, sum(reports) AS reports, sum(units) AS units,
        min(first_seen_at) AS first_seen_at, max(last_seen_at) AS last_seen_at,
        (array_agg(sample_id ORDER BY pattern IS NULL, first_seen_at))[1] AS sample_id
      FROM (SELECT * FROM counted UNION ALL SELECT * FROM moved) AS c GROUP BY tenant_id, step_id, hash
    ), ranked AS (
      SELECT c.*, known.found, row_number() OVER (
        PARTITION BY tenant_id, step_id, known.found OR pattern IS NULL ORDER BY first_seen_at, hash) AS rank
      FROM changed c, LATERAL (SELECT EXISTS (SELECT FROM step_cause x
        WHERE x.tenant_id = c.tenant_id AND x.provision_step_id = c.step_id AND x.hash = c.hash) AS found OFFSET 0) known
    ), placed AS (
      SELECT tenant_id, step_id, CASE WHEN found OR pattern IS NOT NULL AND rank <= ${mostCauses} - (
          SELECT count(*) FROM step_cause x
          WHERE x.tenant_id = r.tenant_id AND x.provision_step_id = r.step_id AND x.hash <> '${otherCauses}'
        ) THEN hash ELSE '${otherCauses}' END AS place, pattern, reports, units, first_seen_at, last_seen_at, sample_id
      FROM ranked r
    )
    INSERT INTO step_cause (tenant_id, provision_step_id, hash, pattern, reports, units, first_seen_at, last_seen_at, sample_id)
    SELECT tenant_id, step_id, place, CASE WHEN place = '${otherCauses}' THEN '' ELSE coalesce(max(pattern), '') END,
      sum(reports), sum(units), min(first_seen_at), max(last_seen_at),
      (array_agg(sample_id ORDER BY pattern IS NULL, first_seen_at))[1]
    FROM placed GROUP BY tenant_id, step_id, place
    ON CONFLICT (tenant_id, provision_step_id, hash) DO UPDATE SET reports = step_cause.reports + excluded.reports,
      units = step_cause.units + excluded.units, first_seen_at = least(step_cause.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(step_cause.last_seen_at, excluded.last_seen_at)`,
};
