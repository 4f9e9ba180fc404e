import { createHash } from 'node:crypto';
import { Fault } from '../../domain/errors.js';
import type { DatabaseIdentity } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import type { Read } from './reading.js';

const { sql } = Prisma;

interface IdentityRow {
  epoch: string;
  time: Date;
}

/**
 * What identifies the history of this database (W1): another one after a dump was loaded (another table), on another
 * PostgreSQL (another system), after recovery to a point in time or a failover (another timeline), and when the row was
 * renewed by the operator. A text of 16 characters.
 */
export async function identity(read: Read): Promise<DatabaseIdentity> {
  const [row] = await read<IdentityRow>(whole).catch((error) => {
    if (error instanceof Fault) throw error;
    // A role that may not ask, or a database that is like PostgreSQL but has no log of its own.
    return read<IdentityRow>(stored);
  });
  const { epoch, time } = row as IdentityRow;
  return { epoch: createHash('sha256').update(epoch).digest('base64url').slice(0, 16), time };
}

const stored = sql`SELECT concat_ws(' ', id, tableoid) AS epoch, clock_timestamp() AS time FROM database_epoch`;

const whole = sql`
  SELECT concat_ws(' ', id, tableoid, (SELECT system_identifier FROM pg_control_system()),
    left(pg_walfile_name(pg_current_wal_lsn()), 8)) AS epoch, clock_timestamp() AS time FROM database_epoch`;
