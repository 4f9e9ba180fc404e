// 5000 readers of 50 clusters are cut off together while reports go on: what they miss, and what coming back costs.
import type { LogOptions } from './clients/log-readers.js';
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { type Figure, single } from './support/figure.js';
import { fleet } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';

export async function resume(run: Run): Promise<Figure[]> {
  const few = await comeBack(run, run.size(500, 20));
  const many = await comeBack(run, run.size(5000, 100));
  return [
    single('resume', many.missing, 'readers of 5000 that miss events', '0'),
    single('resume', many.repeated, 'events delivered twice', '0'),
    single('resume', many.reads / few.reads, 'times the reads of 500 readers for 5000 of as many clusters', '≈ 1'),
    single('resume', many.reads, 'reads for 5000 readers of 50 clusters to come back', null),
    single('resume', many.seconds, 's until all 5000 have everything', null),
  ];
}

async function comeBack(run: Run, count: number) {
  const server = await startServer(run);
  const targets = await fleet(server.url, run.size(50, 5));
  const reporters = startClients(run, 'reporters');
  const readers = startClients(run, 'log-readers');
  const clusterIds = targets.map(({ clusterId }) => clusterId);
  await readers.ask('open', { url: webSocket(server.url), readers: count, clusterIds } satisfies LogOptions);

  // As many reports to each cluster, so that every reader has as many events in the end.
  const each = run.size(40, 8);
  const stepIds = targets.flatMap((target) => target.stepIds);
  const load: Load = {
    url: server.url,
    connections: targets.length,
    stepIds,
    events: 1,
    reportsEach: each,
    perSecond: 200,
  };
  const reporting = reporters.ask<Loaded>('report', load);
  await readers.ask('cut');
  const before = await server.child.ask<number>('reads');
  await readers.ask('resume');
  const { reports } = await reporting;
  const settled = await readers.ask<{ missing: number; repeated: number; seconds: number }>(
    'settle',
    reports / targets.length,
  );
  const reads = (await server.child.ask<number>('reads')) - before;
  await server.child.close();
  return { ...settled, reads };
}
