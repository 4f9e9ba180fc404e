import { type Client, createClient, StepcastError } from 'stepcast/client';
import { tokenFromEnvironment } from 'stepcast/environment';
import { type Mode, PostgresCluster } from './cluster.js';
import type { Instance } from './instance.js';
import { PostgresPlugin, register } from './plugin.js';
import { freePort, takePort } from './port.js';
import { prepareSite } from './site.js';

export interface Options {
  readonly url: string;
  /** A cluster that is there, on which an engine may have been at work before. Without it, a new one. */
  readonly clusterId?: string | undefined;
  readonly replicas: number;
  /** One replica of the new cluster does not come up. */
  readonly broken: boolean;
  readonly mode: Mode;
}

/** Creates a cluster, adds replicas to it, deletes it, and reports all of it. Resolves with the exit code. */
export async function provision({ url, clusterId, mode, ...wanted }: Options): Promise<number> {
  const client = createClient({ url, token: tokenFromEnvironment({ url }) });
  const { id, name } = clusterId === undefined ? await newCluster(client) : await clusterOf(client, clusterId);
  const reporter = client.reporter();
  const site = await prepareSite();
  const cluster = new PostgresCluster(site, name, mode);
  const plugin = new PostgresPlugin(reporter, id, cluster, { takesOver: clusterId !== undefined });
  try {
    await create(cluster, plugin, wanted);
    await scale(cluster, plugin);
    console.log('deleting the cluster …');
    await plugin.delete();
    console.log('done: all instances are gone, their log stays');
    return 0;
  } catch (error) {
    console.log(`failed: ${(error as Error).message}`);
    return wanted.broken && !mode.signal.aborted ? 0 : 1;
  } finally {
    await cluster.stop();
    await site.remove();
    const left = await reporter.flush();
    if (left > 0) console.error(`${left} reports could not be delivered`);
  }
}

/** Says how to watch it. */
export async function newCluster(client: Client, { follow = false } = {}): Promise<{ id: string; name: string }> {
  await register(client);
  const name = `demo-${Date.now().toString(36)}`;
  const { id } = await client.createCluster({ name, pluginName: 'postgresql', pluginVersion: '18' });
  console.log(`Cluster ${id} (${name})\nTo watch it:  npm run watch -- ${id}${follow ? ' --follow' : ''}\n`);
  return { id, name };
}

async function clusterOf(client: Client, id: string): Promise<{ id: string; name: string }> {
  const found = await client.cluster(id);
  if (found) return found;
  throw new StepcastError('NOT_FOUND', `expected the id of a cluster, got ${JSON.stringify(id)}`);
}

async function create(
  cluster: PostgresCluster,
  plugin: PostgresPlugin,
  { replicas, broken }: { replicas: number; broken: boolean },
): Promise<void> {
  cluster.add('primary', await freePort());
  for (let replica = 1; replica < replicas; replica++) cluster.add('replica', await freePort());
  const taken = broken ? await takePort() : null;
  cluster.add('replica', taken?.port ?? (await freePort()));
  try {
    console.log(`creating a primary and ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} …`);
    await plugin.create();
  } finally {
    await taken?.release();
  }
}

/** Two replicas whose ports are taken: one gets its port at the second attempt, in the place of the other comes a third. */
async function scale(cluster: PostgresCluster, plugin: PostgresPlugin): Promise<void> {
  console.log('adding two replicas, whose ports are taken: one is started again, one is replaced …');
  const [late, never] = [await takePort(), await takePort()];
  const [retried, lost] = [cluster.add('replica', late.port), cluster.add('replica', never.port)];
  const recover = async (instance: Instance) => {
    if (instance === lost) return cluster.replace(lost, await freePort());
    await late.release();
    return instance;
  };
  try {
    await plugin.scale([retried, lost], recover);
  } finally {
    await Promise.all([late.release(), never.release()]);
  }
}
