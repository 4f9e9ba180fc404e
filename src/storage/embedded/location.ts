import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chown, constants, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '../../domain/ports.js';
import { StartError } from '../start-error.js';
import { exists } from './atomic-folder.js';
import { type Binaries, copyBinaries, findBinaries, linkLibraries } from './binaries.js';
import { environment } from './environment.js';

/** Whom PostgreSQL runs as, where it is not ourselves. */
export interface Runner {
  readonly uid: number;
  readonly gid: number;
}

/** Where the embedded PostgreSQL lives, and whose it is. */
export interface Location {
  readonly binaries: Binaries;
  /** Ours: the database's folder and its log are in it. */
  readonly home: string;
  /** PostgreSQL's own data directory. It need not be there yet. */
  readonly data: string;
  /** Undefined: ourselves. */
  readonly runner: Runner | undefined;
}

export interface LocationOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** Where root's database goes when its user cannot reach `dataDir`. */
  readonly elsewhere?: string;
}

/** Makes `dataDir` and says what to run there. Throws a StartError where it may not be written. */
export async function findLocation({
  dataDir,
  log,
  elsewhere = '/var/lib/stepcast',
}: LocationOptions): Promise<Location> {
  const binaries = await findBinaries();
  const linked = await linkLibraries(binaries);
  const home = await made(resolve(dataDir));
  if (process.getuid?.() === 0) return locationForRoot({ binaries, home, elsewhere, log });
  const usable = linked ? binaries : await copyBinaries(binaries, home);
  return { binaries: usable, home, data: join(home, 'postgres'), runner: undefined };
}

/** PostgreSQL refuses to run as root, so it runs as another, who must reach both the binaries and the data. */
async function locationForRoot(wanted: {
  binaries: Binaries;
  home: string;
  elsewhere: string;
  log: Log;
}): Promise<Location> {
  const moved = join(wanted.elsewhere, `data-${createHash('sha256').update(wanted.home).digest('hex').slice(0, 12)}`);
  const runner = (await ownerOf(join(wanted.home, 'postgres'))) ?? (await nobody());
  // Data that is there already stays where it is, whoever can reach it by now.
  const [here, there] = await Promise.all([wanted.home, moved].map((home) => exists(join(home, 'postgres'))));
  const stays = here || (!there && (await offer(wanted.home, runner)));
  const home = stays ? wanted.home : await made(moved);
  const near = await canReach(runner, join(wanted.binaries.folder, 'bin'));
  const binaries = near ? wanted.binaries : await copyBinaries(wanted.binaries, await made(wanted.elsewhere));
  if (!stays || !near) {
    wanted.log.info(
      { data: home, binaries: binaries.folder },
      `PostgreSQL does not run as root, and user ${runner.uid} cannot reach ${stays ? wanted.binaries.folder : wanted.home}: using ${wanted.elsewhere}`,
    );
  }
  return { binaries, home, data: join(home, 'postgres'), runner };
}

/** Whether the runner can reach a folder of ours. One that holds nothing yet is given to it. */
async function offer(home: string, runner: Runner): Promise<boolean> {
  if ((await readdir(home)).length === 0) await chown(home, runner.uid, runner.gid);
  return canReach(runner, home);
}

/** Asked of the system, as the user in question: modes and owners do not tell all. */
function canReach(runner: Runner, folder: string): Promise<boolean> {
  const enter = promisify(execFile)('/bin/sh', ['-c', 'cd "$0"', folder], { cwd: '/', env: environment(), ...runner });
  return enter.then(
    () => true,
    () => false,
  );
}

async function ownerOf(folder: string): Promise<Runner | undefined> {
  const found = await stat(folder).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function nobody(): Promise<Runner> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const fields = users
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':');
  if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  throw new StartError(
    'PostgreSQL does not run as root, and there is no user "nobody" to run it as: start Stepcast as another user, or set DATABASE_URL',
  );
}

async function made(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(folder);
  } catch (error) {
    throw new StartError(
      `expected a data directory that can be written, got ${folder}: ${(error as Error).message}. Set STEPCAST_DATA_DIR to another, or DATABASE_URL to a PostgreSQL of your own`,
      { cause: error },
    );
  }
}
