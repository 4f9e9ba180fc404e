import { appendFile, cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Instance } from './instance.js';
import { own, type User } from './site.js';

/** Milliseconds within which replication must show. */
const timeoutMs = 30_000;

/** Lets replicas in: a role that may replicate, and nothing else. */
export async function allowReplication(primary: Instance): Promise<void> {
  // The password is hexadecimal: nothing in it to quote. CREATE ROLE takes no parameters.
  await primary.query(`CREATE ROLE replicator REPLICATION LOGIN PASSWORD '${primary.password}'`);
}

/** Replaces what a stopped instance holds by a base backup of the primary, and tells it whom to follow. */
export async function makeReplica(replica: Instance, primary: Instance): Promise<void> {
  await rm(replica.data, { recursive: true });
  await mkdir(replica.data, { mode: 0o700 });
  await copyBaseBackup(primary, replica.data);
  const source = `host=127.0.0.1 port=${primary.port} user=replicator password=${primary.password} application_name=${replica.name}`;
  await appendFile(join(replica.data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  await writeFile(join(replica.data, 'standby.signal'), '');
  await ownTree(replica.data, replica.site.user);
}

/** A base backup by PostgreSQL's own protocol: start, copy, stop, in one session. What follows comes by streaming. */
async function copyBaseBackup(primary: Instance, target: string): Promise<void> {
  await primary.connected(async (client) => {
    await client.query(`SELECT pg_backup_start('stepcast demo', fast => true)`);
    await cp(primary.data, target, {
      recursive: true,
      filter: (source) => isPartOfBackup(relative(primary.data, source)),
    });
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeFile(join(target, 'backup_label'), rows[0]?.labelfile ?? '');
  });
}

/** The log comes by streaming; the rest belongs to the running server. The folders themselves must be there. */
function isPartOfBackup(path: string): boolean {
  if (['postmaster.pid', 'postmaster.opts'].includes(path)) return false;
  return !['pg_wal', 'pg_replslot', 'pg_stat_tmp', 'pg_notify'].some((folder) => path.startsWith(folder + sep));
}

async function ownTree(folder: string, user: User): Promise<void> {
  await own(folder, user);
  for (const entry of await readdir(folder, { recursive: true })) await own(join(folder, entry), user);
}

/** Resolves once the replica streams from the primary. */
export async function untilStreaming(replica: Instance): Promise<void> {
  await until(`${replica.name} streams from the primary`, async () => {
    const [receiver] = await replica.query<{ status: string }>('SELECT status FROM pg_stat_wal_receiver');
    return receiver?.status === 'streaming';
  });
}

/** Writes a row on the primary. Answers what it is found by. */
export async function writeProbe(primary: Instance): Promise<string> {
  const probe = crypto.randomUUID();
  await primary.query('CREATE TABLE IF NOT EXISTS probe (id uuid PRIMARY KEY)');
  await primary.query('INSERT INTO probe VALUES ($1)', [probe]);
  return probe;
}

/** Resolves once the row has arrived on the replica. */
export async function untilArrived(probe: string, replica: Instance): Promise<void> {
  await until(`row ${probe} is on ${replica.name}`, async () => {
    const [table] = await replica.query<{ exists: boolean }>(`SELECT to_regclass('probe') IS NOT NULL AS exists`);
    if (!table?.exists) return false;
    return (await replica.query('SELECT 1 FROM probe WHERE id = $1', [probe])).length === 1;
  });
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await setTimeout(50)) {
    if (await isSo()) return;
  }
  throw new Error(`expected that ${what} within ${timeoutMs} ms, and it does not`);
}
