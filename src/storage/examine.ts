import pg from 'pg';
import { StartError } from './start-error.js';

/** Milliseconds for a look, of which none needs one. */
const answerMs = 15_000;

/** Throws a StartError unless the database can be reached, and is what we rely on. */
export async function examine(connection: pg.ClientConfig): Promise<void> {
  const [first, second] = [opened(connection), opened(connection)];
  try {
    await first.connect();
    await examineSettings(first);
    await second.connect();
    await examinePooling(first, second);
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`cannot reach the database ${nameOf(first)}: ${reason(error)}`, { cause: error });
  } finally {
    // One that hangs is not waited for.
    for (const client of [first, second]) client.end().catch(() => {});
  }
}

function opened(connection: pg.ClientConfig): pg.Client {
  const client = new pg.Client({ ...connection, query_timeout: answerMs });
  client.on('error', () => {});
  return client;
}

async function examineSettings(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `SELECT current_setting('TimeZone') AS zone, current_setting('server_encoding') AS encoding`,
  );
  if (!/^(Etc\/)?UTC$/.test(rows[0].zone)) {
    throw new StartError(
      `expected database sessions in the time zone UTC, got ${rows[0].zone}: a pooler between here and the database has to let the parameter "options" through, or the database's own default has to be UTC`,
    );
  }
  if (rows[0].encoding !== 'UTF8') {
    throw new StartError(`expected a database with the encoding UTF8, got ${rows[0].encoding}`);
  }
}

/**
 * Two connections that are open at once never have one backend, unless a pooler in transaction mode lends them the same.
 * Such a one must know prepared statements: where it does not, what one connection has prepared stands in the next one's way.
 */
async function examinePooling(first: pg.Client, second: pg.Client): Promise<void> {
  const statement = { name: 'stepcast_pooling', text: 'SELECT pg_backend_pid() AS pid' };
  try {
    for (const client of [first, second, first, second]) await client.query(statement);
  } catch (error) {
    if (!lostStatement.test((error as { code?: string }).code ?? '')) throw error;
    throw new StartError(
      `expected a database that keeps a connection's prepared statements, got a pooler in transaction mode that does not (${(error as Error).message}): let DATABASE_URL lead to the database itself, or to a pooler in session mode, or set max_prepared_statements of PgBouncer (1.21 or newer)`,
      { cause: error },
    );
  }
}

/** A prepared statement is not there, or is another connection's. */
const lostStatement = /^(26000|42P05)$/;

/** Never with the password. */
const nameOf = ({ user, host, port, database }: pg.Client) => `${database} at ${host}:${port} as user ${user}`;

/** A name that stands for several addresses fails with an error for each, and no words of its own. */
function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join(', ');
  const { message } = error as Error;
  return startupParameter.test(message) ? `${message} (${ignoring})` : message;
}

const startupParameter = /unsupported startup parameter/;
const ignoring =
  'a pooler refuses how sessions are to be set up: name the parameter in its ignore_startup_parameters, or let DATABASE_URL lead to the database itself';
