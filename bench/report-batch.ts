// Reports of 200 events, as an engine with much to say sends them.
import type { Load, Loaded } from './clients/reporters.js';
import type { BatchLoad } from './peers/sql-batch.js';
import type { Run } from './support/bench.js';
import { built, Child } from './support/child.js';
import { compare } from './support/compare.js';
import { fleet } from './support/fleet.js';
import { startClients, startServer } from './support/server.js';

const events = 200;
const writers = 8;

export async function reportBatch(run: Run) {
  const server = await startServer(run);
  const reporters = startClients(run, 'reporters');
  const sql = run.own(new Child(built('peers/sql-batch.js'), { env: server.env }));

  const ours = async () => {
    const stepIds = (await fleet(server.url, writers)).flatMap((target) => target.stepIds);
    const load: Load = { url: server.url, connections: writers, stepIds, events, seconds: run.seconds };
    const { reports, seconds } = await reporters.ask<Loaded>('report', load);
    return (reports * events) / seconds;
  };
  const reference = async () => {
    const targets = await fleet(server.url, writers);
    return sql.ask<number>('write', { targets, writers, events, seconds: run.seconds } satisfies BatchLoad);
  };
  return compare(run, {
    bench: 'report-batch',
    unit: 'events/s',
    ours,
    references: [{ name: 'the same rows by SQL in batches', turn: reference, aim: '≥ 0.6, ours ≥ 50,000' }],
  });
}
