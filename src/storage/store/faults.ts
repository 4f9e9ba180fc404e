import { Clash, Fault, overLimit } from '../../domain/errors.js';
import { PoolFull } from '../pools.js';

/** Does work on the database. That it cannot be reached becomes a Fault with UNAVAILABLE: the same call may be tried again. */
export async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

/**
 * What an error of Prisma or of pg means to a caller: the database is away, has no room for us, or took too long:
 * UNAVAILABLE. A commit of another came in between: a Clash. Any other error is returned as it is. The words name no
 * address: callers read them. The cause has it.
 */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Fault) return error;
  if (clashes.test(codeOf(error))) return new Clash(error.message, { cause: error });
  if (error instanceof PoolFull) return overLimit(error.message);
  const reason = reasonOf(error);
  if (reason === null) return error;
  return new Fault('UNAVAILABLE', `the database cannot be reached: ${reason}`, { cause: error });
}

/**
 * The same for work that writes. A server that takes no writes (25006), as a primary after a failover, is not the one to use
 * any more: connections that lead to it are given up by `renew`, those of reads too.
 */
export const written = <T>(renew: () => void, work: () => Promise<T>): Promise<T> =>
  reached(() =>
    work().catch((error) => {
      if (error instanceof Error && codeOf(error) === '25006') renew();
      throw error;
    }),
  );

/** What the adapter made of an error of the driver: inside Prisma's own error, or thrown as it is by a failed COMMIT. */
interface Driver {
  readonly kind?: string;
  readonly originalCode?: string;
  readonly originalMessage?: string;
}

interface Thrown extends Error {
  readonly code?: string;
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: Driver } };
}

const driverOf = (error: Thrown): Driver =>
  error.meta?.driverAdapterError?.cause ?? (error.cause as Driver | undefined) ?? {};

const codeOf = (error: Thrown) => driverOf(error).originalCode ?? error.code ?? '';

function reasonOf(error: Thrown): string | null {
  const driver = driverOf(error);
  const code = codeOf(error);
  if (secretive.test(code)) return 'it refuses the credentials';
  if (lostStatement.test(code)) return pooled;
  if (sqlStates.test(code) || stalePlan.test(driver.originalMessage ?? error.message))
    return driver.originalMessage ?? error.message;
  if (tls.test(code) || tls.test(error.message)) return 'no secure connection can be made to it';
  return kinds[driver.kind ?? ''] ?? codes[code] ?? poolMessages.exec(error.message)?.[0] ?? null;
}

/** A key that was taken meanwhile, a deadlock, a serialization that failed. */
const clashes = /^(23505|40P01|40001|40002|P2034)$/;

/**
 * Connection exceptions (08), a transaction that was ended for being idle (25P02-04), a server that became read-only by
 * a failover (25006), a role or password that is being replaced (28), a database that is not there yet (3D), insufficient
 * resources (53), statement and lock timeouts, a server that stops or starts (57P), its own files failing (58), a
 * statement that a pooler or a migration took away beneath us (26000, 42P05, 0A000 of a cached plan).
 */
const sqlStates = /^(08...|25006|25P0[234]|26000|28...|3D000|42P05|53...|55006|55P03|55P04|57014|57P0[1-5]|58...)$/;

/** A prepared statement is not there, or is another connection's. */
const lostStatement = /^(26000|42P05)$/;
const pooled =
  'a prepared statement was lost, as behind a pooler in transaction mode that does not keep them: DATABASE_URL should lead to the database itself';

/** A plan made before a migration changed what it gives. */
const stalePlan = /^cached plan must not change result type$/;

/** Their words name the role. */
const secretive = /^28...$/;

/** OpenSSL's errors, those of Node's checks of certificates, and the driver's own words. */
const tls =
  /^(ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|The server does not support SSL connections|There was an error establishing an SSL connection)$/;

const refused = 'nothing answers at its address';
const closed = 'the connection was lost';
const slow = 'the connection timed out';

/** The adapter's names for the faults of sockets. */
const kinds: Readonly<Record<string, string>> = {
  DatabaseNotReachable: refused,
  ConnectionClosed: closed,
  SocketTimeout: slow,
  TlsConnectionError: 'no secure connection can be made to it',
  AuthenticationFailed: 'it refuses the credentials',
  DatabaseAccessDenied: 'it refuses the credentials',
  DatabaseDoesNotExist: 'the database does not exist',
  TooManyConnections: 'it has no connection left',
};

/** The system's codes, which the adapter does not always catch, and Prisma's for a transaction that found no connection or ran out of time. */
const codes: Readonly<Record<string, string>> = {
  ECONNREFUSED: refused,
  ENOENT: refused,
  ENOTFOUND: refused,
  EAI_AGAIN: refused,
  EHOSTUNREACH: refused,
  ENETUNREACH: refused,
  ECONNRESET: closed,
  EPIPE: closed,
  ETIMEDOUT: slow,
  ECONNABORTED: closed,
  ENETDOWN: refused,
  ENETRESET: closed,
  EHOSTDOWN: refused,
  EACCES: refused,
  EMFILE: 'no more connections can be opened',
  ENFILE: 'no more connections can be opened',
  P1000: 'it refuses the credentials',
  P1001: refused,
  P1002: slow,
  P1003: 'the database does not exist',
  P1008: slow,
  P1010: 'it refuses the credentials',
  P1011: 'no secure connection can be made to it',
  P1017: closed,
  P2024: 'no connection became free in time',
  P2037: 'it has no connection left',
  P2028: 'a transaction could not begin or end in time',
};

/** The driver's errors that have nothing but words. */
const poolMessages =
  /^(Connection terminated.*|timeout exceeded when trying to connect|Client has encountered a connection error.*|Cannot use a pool after calling end.*|Client was closed and is not queryable|Query read timeout|SASL: .*|Received unexpected .* message from backend\.?)$/;
