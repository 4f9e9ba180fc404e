// What it costs that 10,000 readers wait for something to happen.
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import type { CrowdOptions } from './support/crowd.js';
import { progressOf } from './support/documents.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { startClients, startServer, webSocket } from './support/server.js';

export async function idle(run: Run): Promise<Figure[]> {
  const statements: number[] = [];
  const ours = async () => {
    const { child, url } = await startServer(run);
    const targets = await fleet(url, 10);
    const grown = await growth(run, child, webSocket(url), targets);
    const before = await child.ask<number>('statements');
    await delay(run.seconds * 1000);
    statements.push(((await child.ask<number>('statements')) - before) / run.seconds);
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
  return [...figures, single('idle', Math.max(...statements), 'SQL statements/s', '0')];
}

/** How much memory a reader costs a server: each has a socket of its own. */
async function growth(run: Run, server: Child, url: string, targets: readonly Target[]): Promise<number> {
  const count = run.size(10_000, 100);
  const readers = startClients(run, 'readers');
  const documents = targets.map(({ clusterId }) => progressOf(clusterId));
  // The first few bring in what is there once for all.
  await readers.ask('open', { url, readers: 10, documents } satisfies CrowdOptions);
  const before = await server.ask<number>('memory');
  await readers.ask('open', { url, readers: count, documents } satisfies CrowdOptions);
  const grown = (await server.ask<number>('memory')) - before;
  await readers.close();
  return grown / count / 1024;
}
