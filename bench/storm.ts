// 5000 changes a second on one cluster that 1000 readers follow, some of them too slow to keep up.
import type { Load, Loaded } from './clients/reporters.js';
import type { Calm, StormOptions } from './clients/storm.js';
import type { Run } from './support/bench.js';
import type { Child } from './support/child.js';
import { progressOf } from './support/documents.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';

/** Events in a report: a reporter sends together what has come while its last report was on its way. */
const events = 10;

export async function storm(run: Run): Promise<Figure[]> {
  const server = await startServer(run);
  const [target] = (await fleet(server.url, 1)) as [Target];
  const reporters = startClients(run, 'reporters');
  const readers = startClients(run, 'storm');
  const slow = run.size(10, 2);
  const documents = [progressOf(target.clusterId)];
  const options: StormOptions = { url: webSocket(server.url), readers: run.size(1000, 50), documents, slow };
  await readers.ask('open', options);

  const blow = async (seconds: number) => {
    const load: Load = {
      url: server.url,
      connections: 50,
      stepIds: target.stepIds,
      events,
      seconds,
      perSecond: 5000 / events,
    };
    return reporters.ask<Loaded>('report', load);
  };
  const calm = await blow(run.seconds);
  const memory = await megabytes(server.child);
  const blown = await blow(run.seconds * 5);
  const units = (calm.reports + blown.reports) * events;
  const { lateness, closed } = await readers.ask<Calm>('settle', { slow, units, ended: blown.ended });
  return [
    single('storm', (blown.reports * events) / blown.seconds, 'changes/s', '5000'),
    single('storm', lateness, 'ms from the last report until every reader had its state', '≤ 250'),
    single('storm', (await megabytes(server.child)) - memory, 'MB of memory gained', 'flat'),
    single('storm', closed, 'readers cut off', '0'),
  ];
}

const megabytes = async (server: Child) => (await server.ask<number>('memory')) / 2 ** 20;
