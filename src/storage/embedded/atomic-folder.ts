import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Makes a folder whole or not at all, unless it is there: aside, then renamed. Killed on the way, we leave nothing that
 * looks whole; of several at once the first wins. `last` is a file that is there once the folder is.
 */
export async function createAtomically(
  folder: string,
  last: string,
  fill: (aside: string) => Promise<void>,
): Promise<void> {
  if (!(await exists(join(folder, last)))) {
    const aside = await mkdtemp(`${folder}${suffix}`);
    try {
      await fill(aside);
      await rename(aside, folder);
    } catch (error) {
      if (!(await exists(join(folder, last)))) throw error;
    }
  }
  await removeLeftovers(folder);
}

/** Of those who were killed, or were not the first. */
async function removeLeftovers(folder: string): Promise<void> {
  const home = dirname(folder);
  const left = (await readdir(home)).filter((name) => name.startsWith(`${basename(folder)}${suffix}`));
  await Promise.allSettled(left.map((name) => rm(join(home, name), { recursive: true, force: true })));
}

const suffix = '.new-';

export const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
