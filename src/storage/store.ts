import type { Log, Store } from '../domain/ports.js';
import type { PrismaClient } from './generated/client.js';
import { createHousekeeping } from './housekeeping.js';
import { createJournal } from './journal.js';
import type { Notices } from './keep.js';
import { createLibrary } from './library.js';

export interface StoreOptions {
  readonly prisma: PrismaClient;
  /** Where each commit tells other servers, or null where another bus does. */
  readonly notices: Notices | null;
  readonly log: Log;
}

/** The store on PostgreSQL. `answers` says whether the database does. */
export function createStore({ prisma, notices, log }: StoreOptions): Store & { answers(): Promise<boolean> } {
  return {
    ...createJournal({ prisma, notices, log }),
    ...createLibrary(prisma),
    ...createHousekeeping(prisma),
    answers: () =>
      prisma.$queryRaw`SELECT 1`.then(
        () => true,
        () => false,
      ),
  };
}
