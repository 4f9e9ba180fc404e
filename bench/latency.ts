// How long it takes from a report's sending until each of 1000 readers has it.
import type { Latency, Pace } from './clients/latency.js';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import { progressOf } from './support/documents.js';
import type { Figure } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';
import type { SubscribersOptions } from './support/subscribers.js';

export async function latency(run: Run): Promise<Figure[]> {
  const server = await startServer(run, { STEPCAST_PROGRESS_INTERVAL_MS: '0' });
  const bare = run.own(new Child(built('peers/ws-echo.js'), { env: server.env }));
  const [target] = (await fleet(server.url, 1)) as [Target];
  const ours = startClients(run, 'latency');
  const theirs = startClients(run, 'latency');
  const wanted = { readers: run.size(1000, 50), documents: [progressOf(target.clusterId)] };
  await ours.ask('open', { ...wanted, url: webSocket(server.url) } satisfies SubscribersOptions);
  await theirs.ask('open', { ...wanted, url: await bare.ask<string>('url') } satisfies SubscribersOptions);

  const report = { url: server.url, stepId: target.stepIds[0] as string };
  const pace = { perSecond: 50, seconds: run.seconds };
  let size = 0;
  const followed = (of: 'median' | 'p99') => async () => {
    const taken = await ours.ask<Latency>('measure', { ...pace, report, size } satisfies Pace);
    size = taken.size;
    return taken[of];
  };
  const echoed = (of: 'median' | 'p99') => async () =>
    (await theirs.ask<Latency>('measure', { ...pace, report: null, size } satisfies Pace))[of];

  const figures = (of: 'median' | 'p99', aim: string) =>
    compare(run, {
      bench: 'latency',
      unit: `ms from report to reader, ${of}`,
      ours: followed(of),
      references: [{ name: 'a bare ws echo and a bare commit', turn: echoed(of), aim }],
    });
  return [...(await figures('median', '≤ 1.5')), ...(await figures('p99', '≤ 2.5'))];
}
