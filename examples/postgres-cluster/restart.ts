import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, createClient } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';
import { stopLeftovers } from './leftovers.js';
import { newCluster, type Options } from './provision.js';

/**
 * Lets an engine, a process of its own, provision a new cluster, and kills it while it works: nothing reports the end of
 * its operation. Another engine, started again for the same cluster, takes over. Resolves with its exit code.
 */
export async function restart(options: Options): Promise<number> {
  const client = createClient({ url: options.url, token: tokenFromEnvironment(options) });
  const { id } = await newCluster(client, { follow: true });
  const folder = await mkdtemp(join(tmpdir(), 'stepcast-demo-engine-'));
  // PostgreSQL may run as another user, who has to get through.
  await chmod(folder, 0o755);
  try {
    const first = startEngine(id, options, folder);
    if (!(await waitsForInstances(client, id, first.ended))) return (await first.ended) ?? 1;
    first.kill();
    await first.ended;
    await stopLeftovers(folder);
    console.log('\nkilled the engine, while it waited for its instances; starting another one …');
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return (await startEngine(id, options, tmpdir()).ended) ?? 1;
}

/** Whether the second step has begun, in which case all instances have been started; false when the engine ended before. */
async function waitsForInstances(client: Client, clusterId: string, ended: Promise<unknown>): Promise<boolean> {
  const following = client.followProgress({ clusterId });
  ended.then(() => following.return());
  for await (const { steps } of following) {
    if (steps.some(({ position, startedAt }) => position === 1 && startedAt !== null)) return true;
  }
  return false;
}

/** In a process group of its own, with whatever it starts: it is killed as a whole, and Ctrl-C reaches it through us. */
function startEngine(clusterId: string, { url, replicas, broken, mode }: Options, folder: string) {
  const flags = [...(broken ? ['--break'] : []), ...(mode.slow ? ['--slow'] : [])];
  const args = ['--cluster', clusterId, '--url', url, '--replicas', String(replicas), ...flags];
  const child = spawn(process.execPath, [fileURLToPath(new URL('./main.js', import.meta.url)), ...args], {
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder },
    stdio: 'inherit',
    detached: process.platform !== 'win32',
  });
  const interrupt = () => child.kill('SIGINT');
  mode.signal.addEventListener('abort', interrupt);
  if (mode.signal.aborted) interrupt();
  const kill = () => {
    if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  };
  return { ended: once(child, 'close').then(([code]) => code as number | null), kill };
}
