import type pg from 'pg';
import type { Journal } from '../domain/ports.js';
import { World } from '../domain/world.js';
import { reached } from './faults.js';
import { keep, type Notices } from './keep.js';
import { load } from './load.js';
import { inTransaction } from './transaction.js';

export interface JournalOptions {
  readonly writers: pg.Pool;
  /** Where a commit is to tell other servers; null: another bus does. */
  readonly notices: () => Notices | null;
  /** Called with the number of rows that a batch stores. */
  readonly stored: (rows: number) => void;
}

/** The write side of the store: lock and load in one trip to the database, judge, keep and commit in another. */
export function createJournal({ writers, notices, stored }: JournalOptions): Journal {
  return {
    transact: (needs, judge) =>
      reached(() =>
        inTransaction(writers, async (send) => {
          const world = new World(await load(send, needs));
          const result = judge(world);
          const changes = world.changes();
          keep(send, changes, notices());
          stored(Object.values(changes).reduce((rows, { length }) => rows + length, 0));
          return result;
        }),
      ),
  };
}
