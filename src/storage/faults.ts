import { Clash, Fault } from '../domain/errors.js';

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
  const reason = reasonOf(error);
  if (reason === null) return error;
  return new Fault('UNAVAILABLE', `the database cannot be reached: ${reason}`, { cause: error });
}

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
  if (sqlStates.test(code)) return driver.originalMessage ?? error.message;
  return kinds[driver.kind ?? ''] ?? codes[code] ?? poolMessages.exec(error.message)?.[0] ?? null;
}

/** A key that was taken meanwhile, a deadlock, a serialization that failed. */
const clashes = /^(23505|40P01|40001)$/;

/** Connection exceptions, insufficient resources, statement and lock timeouts, and a server that stops or starts. */
const sqlStates = /^(08...|53...|57014|55P03|57P0[1-5])$/;

const refused = 'nothing answers at its address';
const closed = 'the connection was lost';
const slow = 'the connection timed out';

/** The adapter's names for the faults of sockets. */
const kinds: Readonly<Record<string, string>> = {
  DatabaseNotReachable: refused,
  ConnectionClosed: closed,
  SocketTimeout: slow,
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
  P2028: 'a transaction could not begin or end in time',
};

/** The driver's errors that have nothing but words. */
const poolMessages =
  /^(Connection terminated.*|timeout exceeded when trying to connect|Client has encountered a connection error.*|Cannot use a pool after calling end.*|Query read timeout)$/;
