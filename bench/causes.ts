// What it costs to read why a step failed, however often it failed, and what is kept of failures that are all different.
import type { Load, Loaded } from './clients/reporters.js';
import type { Run } from './support/bench.js';
import type { Child } from './support/child.js';
import { type Figure, single } from './support/figure.js';
import { fleet, type Target } from './support/fleet.js';
import { type Server, startClients, startServer } from './support/server.js';
import { shipped } from './support/shipped.js';
import { median, percentile } from './support/statistics.js';

export async function causes(run: Run): Promise<Figure[]> {
  const server = await startServer(run);
  const reporters = startClients(run, 'reporters');
  const [few, different] = (await fleet(server.url, 2, 1, 2_000_000)) as [Target, Target];
  const many = run.size(100_000, 1_000);
  await fail(reporters, server, few, { failures: 'of three causes', reports: many / 100 });
  const reads = await readsOf(run, reporters, server, few);

  const all = run.size(1_000_000, 2_000);
  const portion = all / 10;
  const memory: number[] = [];
  for (let sent = 0; sent < all; sent += portion) {
    const { seconds } = await fail(reporters, server, different, { failures: 'all different', reports: portion / 100 });
    memory.push((await server.child.ask<number>('memory')) / 2 ** 20);
    run.say(
      `causes: ${sent + portion} different messages: ${memory.at(-1)?.toFixed(0)} MiB, ${(portion / seconds).toFixed(0)} a second`,
    );
  }
  const rows = await rowsOf(server, different);
  const mostReads = await readsOf(run, reporters, server, different);
  const size = many.toLocaleString('en');
  const total = all.toLocaleString('en');
  const [first, last] = [memory[0] as number, memory.at(-1) as number];
  return [
    single('causes', median(reads), `ms for errorGroups of a step with ${size} failures of 3 causes`, '< 5'),
    single('causes', percentile(reads, 0.99), 'ms for the same, at the 99th percentile', null),
    single('causes', rows, `rows of causes after ${total} different messages`, '≤ 201'),
    single('causes', median(mostReads), 'ms for errorGroups of that step', null),
    single(
      'causes',
      last - first,
      `MiB of the server's memory between ${portion.toLocaleString('en')} and ${total} of them`,
      null,
    ),
  ];
}

const fail = (reporters: Child, { url }: Server, { stepIds }: Target, load: Pick<Load, 'failures' | 'reports'>) =>
  reporters.ask<Loaded>('report', { url, connections: 4, stepIds, events: 100, ...load } satisfies Load);

function readsOf(run: Run, reporters: Child, { url }: Server, { stepIds: [id] }: Target): Promise<number[]> {
  return reporters.ask<number[]>('ask', { url, query, variables: { id }, times: run.size(1000, 20) });
}

const query = `query ($id: ID!) { node(id: $id) { ... on ClusterProvisionStep { errorGroups(first: 20) {
  id message raisedIn count units recovered firstSeenAt lastSeenAt sample { id eventInfo instanceId errorId } } } } }`;

async function rowsOf({ env }: Server, { stepIds: [id] }: Target): Promise<number> {
  const { openDatabase } = await shipped<typeof import('../src/storage/database.js')>('storage/database.js');
  const { DATABASE_URL: url, STEPCAST_DATA_DIR: dataDir = '' } = env;
  const database = await openDatabase({ ...(url ? { url } : {}), dataDir, log: console });
  const counting = 'SELECT count(*)::int AS count FROM step_cause WHERE provision_step_id = $1';
  const { rows } = await database.pool.query<{ count: number }>(counting, [id]);
  await database.close();
  return rows[0]?.count ?? 0;
}
