import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds within which a PostgreSQL server that was started says so in its data directory. */
const startMs = 5_000;

/** Stops the PostgreSQL servers that a killed engine has left running in its sites, which are in this folder. */
export async function stopLeftovers(folder: string): Promise<void> {
  const sites = (await readdir(folder)).map((site) => join(folder, site));
  const within = await Promise.all(sites.map(async (site) => (await readdir(site)).map((name) => join(site, name))));
  const directories = within.flat().filter((path) => existsSync(join(path, 'PG_VERSION')));
  await Promise.all(directories.map(stopServer));
}

async function stopServer(directory: string): Promise<void> {
  const id = await serverIn(directory);
  // Immediate shutdown: nobody needs its data any more.
  if (id !== null) for (let runs = signal(id, 'SIGQUIT'); runs; runs = signal(id, 0)) await setTimeout(50);
}

/** Null when none has started there. */
async function serverIn(directory: string): Promise<number | null> {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await setTimeout(50)) {
    const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '');
    const id = Number.parseInt(text, 10);
    if (id > 0) return id;
  }
  return null;
}

/** Whether there was such a process. */
function signal(id: number, name: 'SIGQUIT' | 0): boolean {
  try {
    return process.kill(id, name);
  } catch {
    return false;
  }
}
