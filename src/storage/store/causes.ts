import type { ReadStore } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { causeColumns } from './columns.js';
import { many, type Read, select } from './reading.js';
import { type CauseRow, toStepCause } from './rows.js';

const { sql } = Prisma;

/** Causes of an operation's steps that are looked at: those of which most failures came. */
const mostOfOperation = 1_000;

/** A few rows for each step, however many failures there were. */
export const causes = (read: Read): Pick<ReadStore, 'causesOfSteps' | 'causesOfOperations'> => ({
  causesOfSteps: (tenantId, stepIds) =>
    many(stepIds, 'provisionStepId', async (uuids) => {
      const rows = await read<CauseRow>(sql`
        SELECT ${select('x', causeColumns)} FROM step_cause x
        WHERE tenant_id = ${tenantId} AND provision_step_id = ANY(${uuids}::uuid[])`);
      return rows.map(toStepCause);
    }),

  causesOfOperations: async (tenantId, operationIds) => {
    const found = await many(operationIds, 'operation_id', (uuids) =>
      read<CauseRow & { operation_id: string }>(sql`
        SELECT o.id AS operation_id, x.* FROM unnest(${uuids}::uuid[]) AS o (id)
        CROSS JOIN LATERAL (
          SELECT ${select('x', causeColumns)} FROM cluster_provision_step s
          JOIN step_cause x ON x.tenant_id = s.tenant_id AND x.provision_step_id = s.id
          WHERE s.tenant_id = ${tenantId} AND s.operation_id = o.id
          ORDER BY x.units DESC, x.reports DESC, x.provision_step_id, x.hash LIMIT ${mostOfOperation}
        ) AS x`),
    );
    return found.map((rows) => rows.map(toStepCause));
  },
});
