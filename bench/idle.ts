// What it costs that 10,000 readers wait for something to happen.
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import { progressOf } from './support/documents.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';
import type { SubscribersOptions } from './support/subscribers.js';

export async function idle(run: Run): Promise<Figure[]> {
  const statements: number[] = [];
  const ours = async () => {
    const { child, url } = await startServer(run);
    const targets = await fleet(url, 10);
    const upkeep = await statementsOf(run, child);
    const grown = await growth(run, child, webSocket(url), targets);
    statements.push((await statementsOf(run, child)) - upkeep);
    await child.close();
    return grown;
  };
  const bare = async () => {
    const peer = run.own(new Child(built('peers/ws-broadcast.js'), { options: ['--expose-gc'] }));
    const grown = await growth(run, peer, await peer.ask<string>('url'), [{ clusterId: '', stepIds: [] }]);
    await peer.close();
    return grown;
  };
  const figures = await compare(run, {
    bench: 'idle',
    unit: 'KB for a subscription that waits',
    ours,
    references: [{ name: 'a bare ws socket', turn: bare, aim: '≤ 1.6' }],
  });
  return [...figures, single('idle', Math.max(...statements), 'SQL statements/s more than without readers', '0')];
}

/** SQL statements that a server sends in a second. It looks for leases that ran out every five seconds: a multiple of these. */
async function statementsOf(run: Run, server: Child): Promise<number> {
  const seconds = run.moment ? 1 : 10;
  const before = await server.ask<number>('statements');
  await delay(seconds * 1000);
  return ((await server.ask<number>('statements')) - before) / seconds;
}

/** How much memory a reader costs a server: each has a socket of its own. */
async function growth(run: Run, server: Child, url: string, targets: readonly Target[]): Promise<number> {
  const count = run.size(10_000, 100);
  const readers = startClients(run, 'readers');
  const documents = targets.map(({ clusterId }) => progressOf(clusterId));
  // The first few bring in what is there once for all.
  await readers.ask('open', { url, readers: 10, documents } satisfies SubscribersOptions);
  const before = await server.ask<number>('memory');
  await readers.ask('open', { url, readers: count, documents } satisfies SubscribersOptions);
  const grown = (await server.ask<number>('memory')) - before;
  await readers.close();
  return grown / count / 1024;
}
