// What a report costs: 50 connections, each a report of one event, durable before the answer.
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import { compare } from './support/compare.js';
import { fleet } from './support/fleet.js';
import { startClients, startPeer, startServer } from './support/server.js';

export async function report(run: Run) {
  const server = await startServer(run);
  const apollo = await startPeer(run, 'apollo-prisma', server.env);
  const mercurius = await startPeer(run, 'mercurius-prisma', server.env);
  const group = await startPeer(run, 'group-commit', server.env);
  const noop = await startPeer(run, 'noop');
  const reporters = startClients(run, 'reporters');

  const reportsTo = (url: string) => async () => {
    const targets = await fleet(server.url, 10);
    const stepIds = targets.flatMap((target) => target.stepIds);
    const load: Load = { url, connections: 50, stepIds, events: 1, seconds: run.seconds };
    const { reports, seconds } = await reporters.ask<Loaded>('report', load);
    return reports / seconds;
  };
  return compare(run, {
    bench: 'report',
    unit: 'reports/s',
    ours: reportsTo(server.url),
    references: [
      { name: 'Apollo + Prisma, a transaction per report', turn: reportsTo(apollo), aim: '≥ 10' },
      { name: 'Mercurius + Prisma, a transaction per report', turn: reportsTo(mercurius), aim: '≥ 9' },
      { name: 'the same stack, group commit by hand without rules', turn: reportsTo(group), aim: '≥ 0.85' },
      { name: 'the same stack, no-op resolver', turn: reportsTo(noop), aim: null },
    ],
  });
}
