import type { Operation } from '../../domain/operation.js';
import type { Page } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { operationColumns } from './columns.js';
import { many, type Read, select } from './reading.js';
import { type OperationRow, toOperation } from './rows.js';

const { sql, empty } = Prisma;

/** One walk down the index for each cluster, which ends after `first` operations. Forward only. */
export const operationPages = (
  read: Read,
  tenantId: string,
  clusterIds: readonly string[],
  { first, after }: Page<number>,
): Promise<Operation[][]> =>
  many(clusterIds, 'clusterId', async (uuids) => {
    const beyond = after === undefined ? empty : sql`AND number < ${after}::bigint`;
    const rows = await read<OperationRow>(sql`
      SELECT ${select('o', operationColumns)} FROM unnest(${uuids}::uuid[]) AS c (id)
      CROSS JOIN LATERAL (
        SELECT ${select('o', operationColumns)} FROM cluster_operation o
        WHERE tenant_id = ${tenantId} AND cluster_id = c.id ${beyond}
        ORDER BY number DESC LIMIT ${first}
      ) AS o
      ORDER BY o.cluster_id, o.number DESC`);
    return rows.map(toOperation);
  });
