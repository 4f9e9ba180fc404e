import { createHash, randomUUID } from 'node:crypto';
import { StartError } from '../start-error.js';
import type { Migration } from './migration.js';

/** Prisma's own record of what was applied, kept as Prisma keeps it, so that its CLI goes on from there. */
export const createBooks = `
  CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id" VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum" VARCHAR(64) NOT NULL,
    "finished_at" TIMESTAMPTZ,
    "migration_name" VARCHAR(255) NOT NULL,
    "logs" TEXT,
    "rolled_back_at" TIMESTAMPTZ,
    "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count" INTEGER NOT NULL DEFAULT 0
  )`;

export const readBooks = `
  SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
  FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`;

/** A migration that has just been applied. */
export const enter = (migration: Migration) => ({
  text: `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
    VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), 1)`,
  values: [randomUUID(), checksumOf(migration), migration.name],
});

const checksumOf = ({ sql }: Migration) => createHash('sha256').update(sql).digest('hex');

export interface Entry {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/** Throws a StartError unless the migration was applied, whole, as it is known here. */
export function check({ name, checksum, finished }: Entry, known: readonly Migration[]): void {
  const migration = known.find((migration) => migration.name === name);
  if (!migration) {
    throw new StartError(
      `the database is newer than this version of Stepcast: it has the migration ${name}, and the newest known here is ${known.at(-1)?.name}. Start the version that created it, or a later one`,
    );
  }
  if (!finished) {
    throw new StartError(
      `the migration ${name} failed on this database: repair what it left, then run \`prisma migrate resolve\``,
    );
  }
  if (checksum !== checksumOf(migration)) {
    throw new StartError(
      `the migration ${name} was applied to this database with other contents than it has here: restore the file`,
    );
  }
}
