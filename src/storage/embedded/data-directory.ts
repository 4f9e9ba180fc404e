import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start-error.js';
import { createAtomically } from './atomic-folder.js';
import { restrictConnections, superuser } from './authentication.js';
import { majorOf, program } from './binaries.js';
import { environment } from './environment.js';
import type { Location } from './location.js';

/**
 * Makes the data directory unless it is there, and says who may connect to it. Throws a StartError for one of another
 * major version, or of another user.
 */
export async function initialise(location: Location): Promise<void> {
  await checkOwner(location);
  await createAtomically(location.data, versionFile, (aside) => initdb(location, aside));
  const [expected, found] = [majorOf(location.binaries), await versionOf(location.data)];
  if (found === expected) return restrictConnections(location);
  throw new StartError(
    `expected a data directory of PostgreSQL ${expected}, got one of ${found}: ${location.data}. Move its data over with pg_upgrade or pg_dump, or set STEPCAST_DATA_DIR to another directory`,
  );
}

const versionFile = 'PG_VERSION';

/** Where the password is kept when PostgreSQL listens on loopback, which every user of the machine can reach. */
export const passwordFile = (data: string) => join(data, 'stepcast.password');

/** Another user's data cannot even be looked into. Root may, and runs PostgreSQL as whoever owns it. */
async function checkOwner({ data, runner }: Location): Promise<void> {
  const found = await stat(data).catch(() => undefined);
  const expected = process.getuid?.();
  if (!found || runner || expected === undefined || found.uid === expected) return;
  throw new StartError(
    `expected a data directory of this user (${expected}), got one of user ${found.uid}: ${data}. Start Stepcast as the user it belongs to, give it to user ${expected} (chown -R), or set STEPCAST_DATA_DIR to another directory`,
  );
}

async function versionOf(data: string): Promise<string> {
  try {
    return (await readFile(join(data, versionFile), 'utf8')).trim();
  } catch (error) {
    throw new StartError(`expected a data directory that can be read, got ${data}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function initdb(location: Location, folder: string): Promise<void> {
  if (location.runner) await chown(folder, location.runner.uid, location.runner.gid);
  const password = process.platform === 'win32' ? await writePassword(folder) : undefined;
  const authentication = password ? ['--auth=scram-sha-256', `--pwfile=${password}`] : ['--auth=peer'];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const options = ['--pgdata', folder, `--username=${superuser}`, '--no-instructions', ...authentication, ...locale];
  try {
    await promisify(execFile)(program(location.binaries, 'initdb'), options, {
      cwd: location.home,
      env: environment(),
      ...location.runner,
    });
    if (password) await rename(password, passwordFile(folder));
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    throw new StartError(
      `PostgreSQL could not make its data directory in ${location.home}: ${stderr.trim() || message}`,
      {
        cause: error,
      },
    );
  }
}

/** Beside the folder, which must be empty until initdb has filled it. */
async function writePassword(folder: string): Promise<string> {
  await writeFile(`${folder}.password`, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return `${folder}.password`;
}
