import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environment } from './environment.js';
import type { Location } from './location.js';
import { findPostmaster } from './postmaster.js';

/** The role that servers connect as: it owns the database and nothing else. */
export const role = 'stepcast';
/** The superuser that initdb makes; used only to prepare the other (roles.ts). */
export const superuser = 'stepcast_admin';

/**
 * Says who may connect, in files that are written anew at each start: by its socket, and the kernel's word for who
 * asks (`peer`), the system's user that runs Stepcast, and root. Not the user that PostgreSQL runs as, where root
 * borrowed it: any process of `nobody` would be the database's superuser. A running PostgreSQL is told to read them.
 *
 * On Windows, where there is no `peer`, initdb's own file stays: passwords (scram-sha-256) on loopback.
 */
export async function restrictConnections(location: Location): Promise<void> {
  if (process.platform === 'win32') return;
  const users = await admitted(location);
  const written = [
    await replace(location, 'pg_ident.conf', users.map((user) => `stepcast ${quote(user)} all\n`).join('')),
    await replace(location, 'pg_hba.conf', 'local all all peer map=stepcast\n'),
  ];
  const running = written.includes(true) && (await findPostmaster(location.data));
  if (running) process.kill(running.pid, 'SIGHUP');
}

async function admitted({ runner }: Location): Promise<string[]> {
  const own = userInfo().username;
  const owner = runner && (await nameOf(runner.uid));
  return [...new Set(['root', own, ...(owner && owner !== 'nobody' ? [owner] : [])])];
}

/** Undefined for a number without a name, which PostgreSQL would not let in either. */
const nameOf = (uid: number) =>
  promisify(execFile)('id', ['-un', `${uid}`], { env: environment() }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/**
 * Whether it had to be written. The folder may belong to another user than ourselves, who are root: a new file is made
 * (`wx` follows no link) and takes the old one's place.
 */
async function replace({ data, runner }: Location, name: string, content: string): Promise<boolean> {
  const text = `# Written by Stepcast at each start: changes made here are lost.\n${content}`;
  const path = join(data, name);
  if ((await readFile(path, 'utf8').catch(() => '')) === text) return false;
  const aside = `${path}.${randomUUID()}`;
  const file = await open(aside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    if (runner) await file.chown(runner.uid, runner.gid);
  } finally {
    await file.close();
  }
  await rename(aside, path);
  return true;
}
