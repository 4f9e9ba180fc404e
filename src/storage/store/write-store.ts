import type pg from 'pg';
import type { WriteStore } from '../../domain/ports.js';
import { UnitOfWork } from '../../domain/unit-of-work.js';
import type { WriteSet } from '../../domain/write-set.js';
import { written } from './faults.js';
import { load } from './load.js';
import { type Notices, save } from './save.js';
import { inTransaction } from './transaction.js';

export interface WriteStoreOptions {
  readonly writers: pg.Pool;
  /** Where a commit is to tell other servers; null where there are none. */
  readonly notices: Notices | null;
  /** Called with the number of rows that a batch stores. */
  readonly stored: (rows: number) => void;
  /** Called when the server that connections lead to has become read-only: reads must not stay with it either. */
  readonly renew?: () => void;
}

/** The write side of the store: lock and load in one round trip to the database, decide, save and commit in another. */
export function createWriteStore({ writers, notices, stored, renew = () => {} }: WriteStoreOptions): WriteStore {
  return {
    transact: (readSet, decide) =>
      written(renew, () =>
        inTransaction(writers, async (send) => {
          const work = new UnitOfWork(await load(send, readSet));
          const result = decide(work);
          const changes = work.changes();
          save(send, changes, notices);
          stored(rowsOf(changes));
          return result;
        }),
      ),
  };
}

/** Those of causes apart: they are few. */
function rowsOf({ causes, ...changes }: WriteSet): number {
  return Object.values(changes).reduce((sum, { length }) => sum + length, 0);
}
