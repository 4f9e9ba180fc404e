import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { majorOf, program } from './embedded-binaries.js';
import type { Place } from './embedded-place.js';
import { StartError } from './start-error.js';

/** PostgreSQL's only role here. */
export const role = 'stepcast';

const asidePrefix = 'postgres.new-';

/** Makes the data directory unless it is there. Throws a StartError for one of another major version. */
export async function initialise(place: Place): Promise<void> {
  const found = (await versionOf(place.data)) ?? (await create(place));
  await removeLeftovers(place.home);
  const expected = majorOf(place.binaries);
  if (found === expected) return;
  throw new StartError(
    `expected a data directory of PostgreSQL ${expected}, got one of ${found}: ${place.data}. Move its data over with pg_upgrade or pg_dump, or set STEPCAST_DATA_DIR to another directory`,
  );
}

/** Where the password is kept when PostgreSQL listens on loopback, which every user of the machine can reach. */
export const passwordFile = (data: string) => join(data, 'stepcast.password');

async function versionOf(data: string): Promise<string | undefined> {
  try {
    return (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new StartError(`expected a data directory of this user's, got ${data}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Made aside and then renamed: killed on the way it leaves nothing that looks whole, and of two at once the first wins. */
async function create(place: Place): Promise<string | undefined> {
  const aside = await mkdtemp(join(place.home, asidePrefix));
  if (place.runner) await chown(aside, place.runner.uid, place.runner.gid);
  try {
    await initdb(place, aside);
    await rename(aside, place.data);
  } catch (error) {
    if ((await versionOf(place.data)) === undefined) throw error;
  }
  return versionOf(place.data);
}

async function initdb(place: Place, folder: string): Promise<void> {
  const password = process.platform === 'win32' ? await writePassword(folder) : undefined;
  const authentication = password ? ['--auth=scram-sha-256', `--pwfile=${password}`] : ['--auth=trust'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const options = ['--pgdata', folder, `--username=${role}`, '--no-instructions', ...authentication, ...locale];
  try {
    await promisify(execFile)(program(place.binaries, 'initdb'), options, { cwd: place.home, ...place.runner });
    if (password) await rename(password, passwordFile(folder));
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new StartError(`PostgreSQL could not make its data directory in ${place.home}: ${stderr.trim() || message}`, {
      cause: error,
    });
  }
}

/** Beside the folder, which must be empty until initdb has filled it. */
async function writePassword(folder: string): Promise<string> {
  await writeFile(`${folder}.password`, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return `${folder}.password`;
}

/** What servers left that were killed while they made one, or were second. */
async function removeLeftovers(home: string): Promise<void> {
  const left = (await readdir(home)).filter((name) => name.startsWith(asidePrefix));
  await Promise.allSettled(left.map((name) => rm(join(home, name), { recursive: true, force: true })));
}
