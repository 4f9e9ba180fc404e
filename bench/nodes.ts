// Two servers on one database: a report on one, read on the other.
import { setTimeout as delay } from 'node:timers/promises';
import type { Latency, Pace } from './clients/latency.js';
import type { LogOptions } from './clients/log-readers.js';
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import { CuttableProxy } from './support/cuttable-proxy.js';
import { progressOf } from './support/documents.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { type Server, startClients, startServer, webSocket } from './support/server.js';
import type { SubscribersOptions } from './support/subscribers.js';

/** Cuts the servers off from what carries hints between them, for so many seconds. */
type Cut = (seconds: number) => Promise<void>;

export async function nodes(run: Run): Promise<Figure[]> {
  return [...(await byPostgres(run)), ...(await byNats(run))];
}

async function byPostgres(run: Run): Promise<Figure[]> {
  const near = await startServer(run, immediately);
  const far = await startServer(run, { ...immediately, ...near.env });
  const cutter = run.own(new Child(built('peers/database-cutter.js'), { env: near.env }));
  const cut: Cut = async (seconds) => {
    if ((await cutter.ask<number>('cut', seconds)) === 0) throw new Error('expected connections that listen, got none');
  };
  return measure(run, 'LISTEN/NOTIFY', near, far, cut);
}

async function byNats(run: Run): Promise<Figure[]> {
  if (!process.env.NATS_URL) {
    run.say('nodes: NATS is left out: set NATS_URL to have it measured');
    return [];
  }
  const proxy = run.own(await CuttableProxy.to(process.env.NATS_URL));
  const near = await startServer(run, { ...immediately, NATS_URL: proxy.url });
  const far = await startServer(run, { ...immediately, ...near.env, NATS_URL: proxy.url });
  const cut: Cut = async (seconds) => {
    proxy.cut();
    await delay(seconds * 1000);
    proxy.restore();
  };
  return measure(run, 'NATS', near, far, cut);
}

const immediately = { STEPCAST_PROGRESS_INTERVAL_MS: '0' };

async function measure(run: Run, bus: string, near: Server, far: Server, cut: Cut): Promise<Figure[]> {
  const figures = await compare(run, {
    bench: 'nodes',
    unit: `ms from report to reader by ${bus}, median`,
    ours: await latencyTo(run, near, far),
    references: [{ name: 'one server', turn: await latencyTo(run, near, near), aim: '≤ 2' }],
  });
  return [...figures, ...(await lost(run, bus, near, far, cut))];
}

/** Each has a cluster and readers of its own. */
async function latencyTo(run: Run, near: Server, far: Server) {
  const [target] = (await fleet(near.url, 1)) as [Target];
  const clients = startClients(run, 'latency');
  const documents = [progressOf(target.clusterId)];
  await clients.ask('open', { url: webSocket(far.url), readers: 10, documents } satisfies SubscribersOptions);
  const report = { url: near.url, stepId: target.stepIds[0] as string };
  const pace: Pace = { report, size: 0, perSecond: 50, seconds: run.seconds };
  return async () => (await clients.ask<Latency>('measure', pace)).median;
}

async function lost(run: Run, bus: string, near: Server, far: Server, cut: Cut): Promise<Figure[]> {
  const [target] = (await fleet(near.url, 1)) as [Target];
  const reporters = startClients(run, 'reporters');
  const readers = startClients(run, 'log-readers');
  const clusterIds = [target.clusterId];
  await readers.ask('open', { url: webSocket(far.url), readers: 10, clusterIds } satisfies LogOptions);
  const seconds = run.size(10, 1);
  const { stepIds } = target;
  const load: Load = { url: near.url, connections: 2, stepIds, events: 1, seconds: seconds + 1, perSecond: 50 };
  const [{ reports }] = await Promise.all([reporters.ask<Loaded>('report', load), cut(seconds)]);
  const { missing, repeated } = await readers.ask<{ missing: number; repeated: number }>('settle', reports);
  return [
    single('nodes', missing, `readers of 10 that miss events when ${bus} is cut off for ${seconds} s`, '0'),
    single('nodes', repeated, 'events delivered twice', '0'),
  ];
}
