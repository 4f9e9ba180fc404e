import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { majorOf, program } from './embedded-binaries.js';
import type { Place } from './embedded-place.js';
import { StartError } from './start-error.js';
import { makeWhole } from './whole.js';

/** PostgreSQL's only role here. */
export const role = 'stepcast';

/** Makes the data directory unless it is there. Throws a StartError for one of another major version. */
export async function initialise(place: Place): Promise<void> {
  await makeWhole(place.data, versionFile, (aside) => initdb(place, aside));
  const [expected, found] = [majorOf(place.binaries), await versionOf(place.data)];
  if (found === expected) return;
  throw new StartError(
    `expected a data directory of PostgreSQL ${expected}, got one of ${found}: ${place.data}. Move its data over with pg_upgrade or pg_dump, or set STEPCAST_DATA_DIR to another directory`,
  );
}

const versionFile = 'PG_VERSION';

/** Where the password is kept when PostgreSQL listens on loopback, which every user of the machine can reach. */
export const passwordFile = (data: string) => join(data, 'stepcast.password');

async function versionOf(data: string): Promise<string> {
  try {
    return (await readFile(join(data, versionFile), 'utf8')).trim();
  } catch (error) {
    throw new StartError(`expected a data directory that can be read, got ${data}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function initdb(place: Place, folder: string): Promise<void> {
  if (place.runner) await chown(folder, place.runner.uid, place.runner.gid);
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
