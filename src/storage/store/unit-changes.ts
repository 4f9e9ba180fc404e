import { isUuid } from '../../domain/input.js';
import type { UnitChanges, UnitsSince } from '../../domain/ports.js';
import type { Step } from '../../domain/step.js';
import { Prisma } from '../generated/client.js';
import { unitColumns } from './columns.js';
import { type Read, select } from './reading.js';
import { toUnit, type UnitRow } from './rows.js';

const { sql } = Prisma;

interface ChangesRow {
  revision: number;
  count: number;
  units: UnitRow[];
  keys: string[] | null;
}

/**
 * What has changed of a step's units, at one moment. Its units are walked by the primary key and looked at one by one:
 * there is no index on their revisions, which every report would have to keep.
 */
export async function unitChanges(
  read: Read,
  { tenantId, id, clusterId }: Pick<Step, 'tenantId' | 'id' | 'clusterId'>,
  { revision, most, withKeys }: UnitsSince,
): Promise<UnitChanges | null> {
  if (!isUuid(id) || !isUuid(clusterId)) return null;
  const ofStep = sql`u.tenant_id = ${tenantId} AND u.provision_step_id = ${id}::uuid`;
  const [row] = await read<ChangesRow>(sql`
    SELECT c.revision,
      (SELECT count(*)::int FROM step_unit u WHERE ${ofStep}) AS count,
      (SELECT coalesce(json_agg(changed), '[]') FROM (
        SELECT ${select('u', unitColumns)} FROM step_unit u WHERE ${ofStep} AND u.revision > ${revision}::bigint LIMIT ${most}::bigint
      ) AS changed) AS units,
      ${withKeys ? sql`(SELECT coalesce(json_agg(u.key), '[]') FROM step_unit u WHERE ${ofStep})` : sql`NULL::json`} AS keys
    FROM cluster c WHERE c.tenant_id = ${tenantId} AND c.id = ${clusterId}::uuid`);
  return row ? { ...row, units: row.units.map(toUnit) } : null;
}
