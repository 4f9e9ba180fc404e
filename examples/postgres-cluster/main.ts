import { parseArgs } from 'node:util';
import { createClient, StepcastError } from 'stepcast/client';
import { type Mode, PostgresCluster } from './cluster.js';
import { freePort, takePort } from './instance.js';
import { PostgresPlugin, register } from './plugin.js';
import { prepareSite } from './site.js';

const usage = `Usage: npm run demo -- [--replicas 3] [--break] [--slow] [--url http://127.0.0.1:4000/graphql]

Provisions a real PostgreSQL cluster on this machine, adds a replica, deletes it all, and reports every step of it to a
running Stepcast.

  --replicas  how many replicas follow the primary, 1 to 20
  --break     makes one replica fail: its port is taken
  --slow      takes more time, for watching
  --url       the server's GraphQL address`;

process.exitCode = await main().catch((error) => {
  const isExpected = error instanceof StepcastError || error instanceof TypeError;
  console.error(isExpected ? error.message : error);
  return 1;
});

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      replicas: { type: 'string', default: '3' },
      break: { type: 'boolean', default: false },
      slow: { type: 'boolean', default: false },
      url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const mode = { slow: values.slow, signal: interruption() };
  return demonstrate(values.url, mode, { replicas: count(values.replicas), broken: values.break });
}

function count(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 20) return Number(text);
  throw new TypeError(`expected --replicas to be a whole number from 1 to 20, got ${JSON.stringify(text)}`);
}

async function demonstrate(url: string, mode: Mode, wanted: { replicas: number; broken: boolean }): Promise<number> {
  const client = createClient({ url });
  const reporter = client.reporter();
  await register(client);
  const name = `demo-${Date.now().toString(36)}`;
  const { id } = await client.createCluster({ name, pluginName: 'postgresql', pluginVersion: '18' });
  console.log(`Cluster ${id} (${name})\nTo watch it:  npm run watch -- ${id}\n`);

  const site = await prepareSite();
  const cluster = new PostgresCluster(site, name, mode);
  try {
    await provision(cluster, new PostgresPlugin(reporter, id, cluster), wanted);
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

async function provision(
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
  console.log('adding a replica …');
  await plugin.scale([cluster.add('replica', await freePort())]);
  console.log('deleting the cluster …');
  await plugin.delete();
  console.log('done: all instances are gone, their log stays');
}

/** Ctrl-C stops the work; what was started is stopped and removed before we end. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => controller.abort(new Error(`interrupted by ${signal}`)));
  }
  return controller.signal;
}
