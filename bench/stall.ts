// How long after the rule's time a follower is told that a step stands still: of one server, of another server than the
// one that was reported to, and of one that was started in the middle of the silence.
import { setTimeout as delay } from 'node:timers/promises';
import type { Told } from './clients/followers.js';
import type { Run } from './support/bench.js';
import { type Figure, single } from './support/figure.js';
import { fleet } from './support/fleet.js';
import { dataDirectory, type Server, startClients, startServer, webSocket } from './support/server.js';

/** STEPCAST_STALL_SECONDS; without earlier runs, a step that has progressed is stalled after 2.5 times as long (P3). */
const floor = 2;
const patience = 2.5 * floor * 1000;

export async function stall(run: Run): Promise<Figure[]> {
  const env = { STEPCAST_DATA_DIR: await dataDirectory(run), STEPCAST_STALL_SECONDS: String(floor) };
  const start = () => startServer(run, env);
  const [reported, other] = [await start(), await start()];
  const told = (server: Server) => follow(run, reported, server);
  const figures = [
    latest('told by the server that was reported to', await told(reported)),
    latest('told by another server', await told(other)),
  ];
  await other.child.close();
  const again = await follow(run, reported, reported, async () => {
    await reported.child.close();
    return start();
  });
  return [...figures, latest('told by a server that was started in the silence', again)];
}

/** The worst case of all steps. Each server's look comes at the moment the next is due, or 5 s after the last. */
function latest(how: string, { late, times }: Followed): Figure {
  if (times.some((count) => count !== 1)) throw new Error(`expected each step to be marked once, got ${times}`);
  return single('stall', Math.max(...late) / 1000, `s after the rule's time until a follower is ${how}`, '≤ 2');
}

interface Followed {
  /** Milliseconds after the rule's time. */
  readonly late: readonly number[];
  /** How often each step was told to be stalled. */
  readonly times: readonly number[];
}

/** Steps of clusters of their own, each of which makes progress once, at moments spread over a second. */
async function follow(run: Run, to: Server, from: Server, meanwhile?: () => Promise<Server>): Promise<Followed> {
  const followers = startClients(run, 'followers');
  const targets = await fleet(to.url, run.size(50, 5));
  const open = (server: Server) => followers.ask('open', { url: webSocket(server.url), targets });
  if (!meanwhile) await open(from);
  await followers.ask('progress', { url: to.url, targets, withinMs: 1000 });
  if (meanwhile) await open(await meanwhile());
  await delay(patience + 4_000);
  const told = await followers.ask<Told[]>('told');
  await followers.close();
  return {
    late: told.map(({ stalledSince, at }) => (at ?? Number.POSITIVE_INFINITY) - (stalledSince ?? 0) - patience),
    times: told.map(({ times }) => times),
  };
}
