import { storable } from '../../domain/input.js';
import type { UnitPage } from '../../domain/ports.js';
import type { Unit } from '../../domain/unit.js';
import { Prisma } from '../generated/client.js';
import { unitColumns } from './columns.js';
import { conjunction, containing, many, type Read, select } from './reading.js';
import { toUnit, type UnitRow } from './rows.js';

const { sql } = Prisma;

/**
 * By key: a walk down the primary key for each step, which ends after `first` units. By their last reports, or with
 * conditions, a step's units are read: there is no index, which every report would have to keep. Forward only.
 */
export const unitPages = (
  read: Read,
  tenantId: string,
  stepIds: readonly string[],
  { first, after, order, state, nodeGroupId, text }: UnitPage,
): Promise<Unit[][]> =>
  many(stepIds, 'provisionStepId', async (uuids) => {
    const byKey = order === 'KEY';
    const conditions = conjunction([
      sql`tenant_id = ${tenantId} AND provision_step_id = s.id`,
      after &&
        (byKey ? sql`key > ${after.key}` : sql`(last_report_at, key) > (${after.at}::timestamptz, ${after.key})`),
      state && sql`state = ${state}::"UnitState"`,
      nodeGroupId !== undefined && sql`node_group_id = ${storable(nodeGroupId)}`,
      text !== undefined && sql`(instance_id ILIKE ${containing(text)} OR instance_name ILIKE ${containing(text)})`,
    ]);
    const by = byKey ? sql`u.key` : sql`u.last_report_at, u.key`;
    const rows = await read<UnitRow>(sql`
      SELECT ${select('u', unitColumns)} FROM unnest(${uuids}::uuid[]) AS s (id)
      CROSS JOIN LATERAL (
        SELECT ${select('u', unitColumns)} FROM step_unit u WHERE ${conditions} ORDER BY ${by} LIMIT ${first}
      ) AS u
      ORDER BY u.provision_step_id, ${by}`);
    return rows.map(toUnit);
  });
