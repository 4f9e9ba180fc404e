import pg from 'pg';
import { role, superuser } from './authentication.js';
import { type Endpoint, passwordOf, urlOf } from './endpoint.js';
import type { Location } from './location.js';

/**
 * Makes the role that servers connect as, and gives it the database. May be called at each start, by several servers
 * at once, and on a data directory of an earlier version, whose superuser had the role's name.
 */
export async function prepareRoles(location: Location, endpoint: Endpoint): Promise<void> {
  const as = (name: string, statements: string) => execute(location, endpoint, name, statements);
  const password = await passwordOf(location);
  try {
    await as(superuser, giveDatabase(password));
  } catch (error) {
    if (!isUnknownRole(error)) throw error;
    // A session cannot rename its own role: another superuser does, and is dropped by the next statement.
    await as(role, makeHelper(password));
    await as(helper, renameSuperuser);
    await as(superuser, giveDatabase(password));
  }
}

const helper = 'stepcast_upgrade';

/** 28000 is also that of a user whom `peer` does not let in. */
const isUnknownRole = (error: unknown) => {
  const { code, message } = error as { code?: string; message: string };
  return code === '28000' && message.includes('does not exist');
};

/** In one transaction, one server after the other. */
const alone = (statements: string) => `
  BEGIN;
  SET LOCAL lock_timeout = '20s';
  SELECT pg_advisory_xact_lock(7883672785);
  DO $do$ BEGIN ${statements} END $do$;
  COMMIT`;

const withPassword = (password: string | null) => (password ? `PASSWORD ${pg.escapeLiteral(password)}` : '');

const makeHelper = (password: string | null) =>
  alone(`
    IF to_regrole('${superuser}') IS NULL AND to_regrole('${helper}') IS NULL THEN
      CREATE ROLE ${helper} SUPERUSER LOGIN ${withPassword(password)};
    END IF;`);

const renameSuperuser = alone(`
    IF to_regrole('${superuser}') IS NULL THEN
      ALTER ROLE ${role} RENAME TO ${superuser};
    END IF;`);

/** What is in the schema `public` belongs to the superuser only where an earlier version made it. */
const giveDatabase = (password: string | null) =>
  alone(`
    DECLARE
      statement text;
    BEGIN
      DROP ROLE IF EXISTS ${helper};
      IF to_regrole('${role}') IS NULL THEN
        CREATE ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE ${withPassword(password)};
        ALTER DATABASE postgres OWNER TO ${role};
        ALTER SCHEMA public OWNER TO ${role};
      END IF;
      FOR statement IN
        SELECT format('ALTER TABLE %s OWNER TO ${role}', oid::regclass) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relowner = '${superuser}'::regrole AND relkind IN ('r', 'p', 'v', 'm')
        UNION ALL
        SELECT format('ALTER TYPE %s OWNER TO ${role}', oid::regtype) FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typowner = '${superuser}'::regrole AND typtype IN ('e', 'd')
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO ${role}', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = '${superuser}'::regrole
      LOOP
        EXECUTE statement;
      END LOOP;
    END;`);

async function execute(location: Location, endpoint: Endpoint, name: string, statements: string): Promise<void> {
  const client = new pg.Client({ connectionString: await urlOf(location, endpoint, name), ...statementTimeouts });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(statements);
  } finally {
    client.end().catch(() => {});
  }
}

/** Milliseconds in which a database that runs has answered. */
export const statementTimeouts = { connectionTimeoutMillis: 5_000, query_timeout: 30_000 };
