import type pg from 'pg';

/** A statement that connections prepare once, by its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Sends a statement at once, behind those sent before, and gives its rows. */
export type Send = <Row extends object>(statement: Statement, values: readonly unknown[]) => Promise<Row[]>;

/**
 * One transaction in as few trips as its work has waits: BEGIN goes out with the first statements and COMMIT behind the
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
  try {
    query({ text: 'BEGIN' });
    const result = await work((statement, values) => query({ ...statement, values: [...values] }));
    query({ text: 'COMMIT' });
    await Promise.all(answers);
    client.release();
    return result;
  } catch (error) {
    await undo(client);
    throw error;
  }
}

/** Waits for what is under way. A connection on which that fails is not used again, and so undone by the server. */
async function undo(client: pg.PoolClient): Promise<void> {
  await client.query('ROLLBACK').then(
    () => client.release(),
    () => client.release(true),
  );
}
