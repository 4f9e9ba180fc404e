import type { Log, Store } from '../domain/ports.js';
import type { Database } from './database.js';
import { createHousekeeping } from './housekeeping.js';
import { createJournal } from './journal.js';
import type { Notices } from './keep.js';
import { createLibrary } from './library.js';
import { createStatistics } from './statistics.js';

export interface StoreOptions {
  readonly database: Pick<Database, 'prisma' | 'writers'>;
  /** Where a commit is to tell other servers; null: another bus does. */
  readonly notices: () => Notices | null;
  readonly log: Log;
}

/** The store on PostgreSQL. `answers` says whether the database does. */
export function createStore({ database, notices, log }: StoreOptions): Store & { answers(): Promise<boolean> } {
  const { prisma, writers } = database;
  return {
    ...createJournal({ writers, notices, stored: createStatistics(prisma, log).stored }),
    ...createLibrary(prisma),
    ...createHousekeeping(prisma),
    answers: () =>
      prisma.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      ),
  };
}
