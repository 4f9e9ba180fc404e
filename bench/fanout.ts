// One cluster, 1000 subscribers, every change sent to each: against what one would build, and what the machine allows.
import { setTimeout as delay } from 'node:timers/promises';
import type { Flow } from './clients/readers.js';
import type { Load } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare, type Turn } from './support/compare.js';
import { progressOf, variantsOf } from './support/documents.js';
import { fleet, type Target } from './support/fleet.js';
import { type Server, startClients, startServer, webSocket } from './support/server.js';
import type { Document, SubscribersOptions } from './support/subscribers.js';

interface Aims {
  readonly peers: string;
  readonly durable: string;
}

export const fanout = (run: Run) =>
  spread(run, 'fanout', { peers: '≥ 4', durable: '≥ 0.9' }, ({ clusterId }) => [progressOf(clusterId)]);

export const fanoutMixed = (run: Run) =>
  spread(run, 'fanout-mixed', { peers: '≥ 3', durable: '≥ 0.7' }, ({ clusterId }) => variantsOf(clusterId, 20));

async function spread(run: Run, bench: string, aims: Aims, documentsOf: (target: Target) => Document[]) {
  const server = await startServer(run, { STEPCAST_PROGRESS_INTERVAL_MS: '0' });
  const contender = (name: string) => startContender(run, name, server, documentsOf);
  const ours = await startOurs(run, server, documentsOf);
  const graphqlWs = await contender('graphql-ws-pubsub');
  const mercurius = await contender('mercurius-pubsub');
  const durable = await contender('ws-durable');
  const bare = await startBroadcast(run, documentsOf);
  // The bare servers send as many bytes at a time as ours just did.
  let size = 0;
  const followed: Turn = async () => {
    const flow = await ours();
    size = Math.round(flow.size);
    return flow.rate;
  };
  const rateOf = (turn: (size: number) => Promise<Flow>) => async () => {
    const { rate, size: bytes } = await turn(size);
    if (Math.abs(bytes - size) > size / 5) run.say(`${bench}: messages of ${size} bytes against ${Math.round(bytes)}`);
    return rate;
  };
  return compare(run, {
    bench,
    unit: 'messages/s',
    ours: followed,
    references: [
      { name: 'graphql-ws and a PubSub, a commit per report', turn: rateOf(graphqlWs), aim: aims.peers },
      { name: 'Mercurius subscriptions, a commit per report', turn: rateOf(mercurius), aim: aims.peers },
      { name: 'a bare ws broadcast of each bare commit', turn: rateOf(durable), aim: aims.durable },
      { name: 'a bare ws broadcast alone', turn: rateOf(bare), aim: null },
    ],
  });
}

/** A cluster, its subscribers, and enough reporters that the next change is there as soon as the last is sent. */
async function startOurs(run: Run, { url }: Server, documentsOf: (target: Target) => Document[]) {
  const [target] = (await fleet(url, 1)) as [Target];
  const subscribers = await subscribe(run, url, documentsOf(target));
  return reportAndCount(run, url, target, subscribers);
}

/** The same at a peer. A message comes with a change only: it says itself when all have subscribed. */
async function startContender(run: Run, name: string, server: Server, documentsOf: (target: Target) => Document[]) {
  const [target] = (await fleet(server.url, 1)) as [Target];
  const peer = run.own(new Child(built(`peers/${name}.js`), { env: server.env }));
  const url = await peer.ask<string>('url');
  await peer.ask('target', target);
  const subscribers = await subscribe(run, url, documentsOf(target), false);
  while ((await peer.ask<number>('subscribers')) < count(run)) await delay(10);
  const turn = reportAndCount(run, url, target, subscribers);
  return async (size: number) => {
    if (name === 'ws-durable') await peer.ask('size', size);
    return turn();
  };
}

async function startBroadcast(run: Run, documentsOf: (target: Target) => Document[]) {
  const peer = run.own(new Child(built('peers/ws-broadcast.js')));
  const documents = documentsOf({ clusterId: '', stepIds: [] });
  const subscribers = await subscribe(run, await peer.ask<string>('url'), documents);
  return async (size: number) => {
    await peer.ask('start', size);
    const flow = await subscribers.ask<Flow>('count', run.seconds);
    await peer.ask('stop');
    return flow;
  };
}

const count = (run: Run) => run.size(1000, 50);

async function subscribe(run: Run, url: string, documents: Document[], first = true): Promise<Child> {
  const clients = startClients(run, 'readers');
  await clients.ask('open', {
    url: webSocket(url),
    readers: count(run),
    documents,
    first,
  } satisfies SubscribersOptions);
  return clients;
}

function reportAndCount(run: Run, url: string, { stepIds }: Target, subscribers: Child): () => Promise<Flow> {
  const reporters = startClients(run, 'reporters');
  const { seconds } = run;
  const load: Load = { url, connections: 4, stepIds, events: 1, seconds };
  return async () => {
    const [flow] = await Promise.all([subscribers.ask<Flow>('count', seconds), reporters.ask('report', load)]);
    return flow;
  };
}
