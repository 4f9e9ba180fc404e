import type { Log } from '../../domain/ports.js';
import type { PrismaClient } from '../generated/client.js';

/** Rows after which the planner is first told of them, and by how much that grows from one time to the next. */
const first = 500;
const growth = 8;

/**
 * Keeps PostgreSQL's picture of the tables true while they grow. What was planned over empty tables takes any index for
 * as good as any other, reads a tenant's rows one by one, and stays so until somebody analyses: autovacuum may take a minute.
 */
export function createStatistics(prisma: PrismaClient, log: Log): { stored(rows: number): void } {
  let count = 0;
  let next = first;
  return {
    stored(rows) {
      count += rows;
      if (count < next) return;
      next = count * growth;
      prisma.$executeRaw`ANALYZE cluster, cluster_operation, cluster_provision_step, step_unit, cluster_event`.catch(
        (error) =>
          log.warn({ err: error }, 'the tables could not be analysed: writing may be slow until autovacuum does it'),
      );
    },
  };
}
