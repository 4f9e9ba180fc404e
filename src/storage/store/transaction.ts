import type pg from 'pg';
import { Fault } from '../../domain/errors.js';
import { translate } from './faults.js';

/** A statement that connections prepare once, by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Sends a statement at once, behind those sent before, and gives its rows. */
export type Send = <Row extends object>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

/**
 * One transaction in as few round trips as its work waits for answers: BEGIN goes out with the first statements and COMMIT behind the
 * last, before their answers are there. Work that throws, or a statement that fails, undoes all of it. `pool` has
 * connections with `pipeline`.
 */
export async function inTransaction<Result>(pool: pg.Pool, work: (send: Send) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  const answers: Promise<unknown>[] = [];
  const query = <Row extends object>(config: pg.QueryConfig): Promise<Row[]> => {
    const answer = client.query<Row>(config).then(({ rows }) => rows);
    answers.push(answer);
    // Whoever sent it may not wait for it: all are waited for before the transaction is over.
    answer.catch(() => {});
    return answer;
  };
  let result: Result;
  let committing = false;
  try {
    query({ text: begin });
    result = await work((statement, values) => query({ ...statement, values: [...values] }));
    committing = true;
    query({ text: 'COMMIT' });
    await Promise.all(answers);
  } catch (error) {
    await undo(client, error);
    throw committing ? unlessKnown(error) : error;
  }
  client.release();
  return result;
}

/** Said here, for a role or a URL may have another default: decisions are made on what was committed before the locks. */
const begin = 'BEGIN ISOLATION LEVEL READ COMMITTED';

/**
 * An error of PostgreSQL has a SQLSTATE, and undid the transaction. Any other, after COMMIT went out, leaves unknown
 * whether that arrived: it must not be taken for a refusal, or the same would be written again.
 */
function unlessKnown(error: unknown): unknown {
  if (error instanceof Error && 'severity' in error) return error;
  const translated = translate(error);
  if (translated instanceof Fault) return translated;
  const words = 'the database may or may not have stored this: the connection failed while it was committed';
  return new Fault('UNAVAILABLE', words, { cause: error });
}

/** A server that is read-only is not the one to write to any more; a prepared statement may be gone or out of date. */
const spoilt = /^(0A000|25006|26000|42P05)$/;

/** Waits for what is under way. A connection on which that fails is not used again, and so undone by the server. */
async function undo(client: pg.PoolClient, error: unknown): Promise<void> {
  const { code = '' } = error as { code?: string };
  await client.query('ROLLBACK').then(
    () => client.release(spoilt.test(code)),
    () => client.release(true),
  );
}
