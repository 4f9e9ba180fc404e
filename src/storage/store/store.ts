import type { Log, Store } from '../../domain/ports.js';
import type { Database } from '../database.js';
import { createHousekeeping } from './housekeeping.js';
import { createReadStore } from './read-store.js';
import type { Notices } from './save.js';
import { createStatistics } from './statistics.js';
import { createWriteStore } from './write-store.js';

export interface StoreOptions {
  readonly database: Pick<Database, 'prisma' | 'writers' | 'housekeeping' | 'renew'>;
  /** Where a commit is to tell other servers; null where there are none. */
  readonly notices: Notices | null;
  readonly log: Log;
}

/** The store on PostgreSQL. */
export function createStore({ database, notices, log }: StoreOptions): Store {
  const { prisma, writers, housekeeping, renew } = database;
  return {
    ...createWriteStore({ writers, notices, stored: createStatistics(housekeeping, log).stored, renew }),
    ...createReadStore(prisma),
    ...createHousekeeping(housekeeping, renew),
  };
}
