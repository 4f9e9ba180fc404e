// One cluster, 1000 readers, every change sent to each: how near to bare sockets.
import type { Flow } from './clients/readers.js';
import type { Load } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import type { CrowdOptions, Document } from './support/crowd.js';
import { progressOf, variantsOf } from './support/documents.js';
import { fleet, type Target } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';

export const fanout = (run: Run) => spread(run, 'fanout', '≥ 0.95', ({ clusterId }) => [progressOf(clusterId)]);

export const fanoutMixed = (run: Run) =>
  spread(run, 'fanout-mixed', '≥ 0.8', ({ clusterId }) => variantsOf(clusterId, 20));

async function spread(run: Run, bench: string, aim: string, documents: (target: Target) => Document[]) {
  const server = await startServer(run, { STEPCAST_PROGRESS_INTERVAL_MS: '0' });
  const bare = run.own(new Child(built('peers/ws-broadcast.js')));
  const [target] = (await fleet(server.url, 1)) as [Target];
  const reporters = startClients(run, 'reporters');
  const ours = startClients(run, 'readers');
  const theirs = startClients(run, 'readers');
  const crowd = { readers: run.size(1000, 50), documents: documents(target) };
  await ours.ask('open', { ...crowd, url: webSocket(server.url) } satisfies CrowdOptions);
  await theirs.ask('open', { ...crowd, url: await bare.ask<string>('url') } satisfies CrowdOptions);

  let size = 0;
  const { seconds } = run;
  const followed = async () => {
    // Enough reporters that the next change is there as soon as the last is sent.
    const load: Load = { url: server.url, connections: 4, stepIds: target.stepIds, events: 1, seconds };
    const [flow] = await Promise.all([ours.ask<Flow>('count', seconds), reporters.ask('report', load)]);
    size = Math.round(flow.size);
    return flow.rate;
  };
  // The bare server sends as many bytes at a time as ours just did.
  const broadcast = async () => {
    await bare.ask('start', size);
    const { rate } = await theirs.ask<Flow>('count', seconds);
    await bare.ask('stop');
    return rate;
  };
  const references = [{ name: 'a bare ws broadcast', turn: broadcast, aim }];
  return compare(run, { bench, unit: 'messages/s', ours: followed, references });
}
