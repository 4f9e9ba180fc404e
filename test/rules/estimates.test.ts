import { describe, expect, test } from 'vitest';
import { ClusterProgressDocument, type EventInput } from '../../src/generated/client.js';
import { createCluster, event, open, startOperation } from '../support/api.js';
import { until } from '../support/wait.js';
import { only, present, server } from './fixture.js';
import { ending } from './follow.js';

const on = server();

interface Said {
  completionAt: string;
  earliest: string;
  latest: string;
  basis: string;
}

async function query<Data>(document: string, variables: object): Promise<Data> {
  const response = await fetch(`${on.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

const said = 'completionAt earliest latest basis';
const estimates = async (clusterId: string) => {
  const document = `query($id: ID!) { cluster(id: $id) {
    lastOperation { estimate { ${said} } steps { startedAt slowerThanUsual estimate { ${said} } } }
  } }`;
  type Steps = { startedAt: string | null; slowerThanUsual: boolean; estimate: Said | null }[];
  const answer = await query<{ cluster: { lastOperation: { estimate: Said | null; steps: Steps } } }>(document, {
    id: clusterId,
  });
  return answer.cluster.lastOperation;
};

interface Run {
  operationId: string;
  clusterId: string;
  total: number | null;
  duration: number;
  startedAt: string;
  successful: boolean;
}
const history = async (stepName: string, more = '', type = 'CREATING') =>
  (
    await query<{ stepHistory: Run[] }>(
      `query($stepName: String!, $type: StepType!) { stepHistory(stepName: $stepName, type: $type ${more}) {
        operationId clusterId total duration startedAt successful
      } }`,
      { stepName, type },
    )
  ).stepHistory;

/** So many units, each so many seconds after the one before; the last was just now. */
const spread = (stepId: string, units: number, seconds: number, left = 0): EventInput[] =>
  Array.from({ length: units }, (_, unit) =>
    event(stepId, { instanceId: `${unit}`, ageMs: (units - unit - 1) * seconds * 1000 + left }),
  );

/** A cluster that is an hour old: what happens to it may have happened since. */
async function old(input: { pluginName?: string | null } = {}) {
  const cluster = await createCluster(on.url, input);
  await on.rows(`UPDATE cluster SET created_at = created_at - interval '1 hour' WHERE id = $1`, cluster.id);
  return cluster;
}

/** A run of ten units, 10 s each, that ended just now; `done` of them reported. */
async function ran(stepName: string, { done = 10, pluginName = null as string | null } = {}) {
  const cluster = await old({ pluginName });
  const { id, steps } = await startOperation(on.url, cluster.id, [{ stepName, total: 10 }], 'CREATING', {
    ageMs: 200_000,
  });
  const stepId = only(steps.map((step) => step.id));
  await on.startStep(stepId, null, 100_000);
  await on.outcomes(...spread(stepId, done, 10));
  return { clusterId: cluster.id, operationId: id, stepId };
}

const name = () => `boot ${crypto.randomUUID()}`;

describe('P1: what is kept of a step that has ended', () => {
  test('P1: its total, duration and outcome, newest first, for the plugin, type and name', async () => {
    const stepName = name();
    const first = await ran(stepName);
    const second = await ran(stepName, { done: 4 });
    expect(await history(stepName)).toHaveLength(1);
    await on.finishOperation({ operationId: second.operationId, successful: false });
    const other = await ran(stepName, { pluginName: 'vanilla' });
    expect(await history(stepName)).toMatchObject([
      { operationId: second.operationId, total: 10, successful: false },
      { operationId: first.operationId, clusterId: first.clusterId, total: 10, successful: true },
    ]);
    const [, run] = await history(stepName);
    expect(run?.duration).toBeGreaterThanOrEqual(99_000);
    expect(await history(stepName, 'first: 1')).toMatchObject([{ operationId: second.operationId }]);
    expect(await history(stepName, 'pluginName: "vanilla"')).toMatchObject([{ operationId: other.operationId }]);
    expect(await history(stepName, '', 'SCALING')).toEqual([]);
  });

  test('P1: stays when its cluster is gone', async () => {
    const stepName = name();
    const { clusterId } = await ran(stepName);
    await on.deleteCluster(clusterId);
    await on.rows('DELETE FROM cluster WHERE id = $1', clusterId);
    expect(await history(stepName)).toMatchObject([{ clusterId }]);
  });

  test('P1: takes about 200 bytes, and no more than 100 runs of a step are kept', async () => {
    const stepName = name();
    const last = await ran(stepName);
    await on.rows(
      `INSERT INTO step_run SELECT (r).* FROM (
        SELECT jsonb_populate_record(x, jsonb_build_object('step_id', gen_random_uuid(), 'ended_at', now() - n * interval '1 hour')) AS r
        FROM step_run x, generate_series(1, 150) n WHERE step_name = $1) many`,
      stepName,
    );
    const [size] = await on.rows<{ bytes: number }>(
      'SELECT avg(pg_column_size(x.*))::int AS bytes FROM step_run x WHERE step_name = $1',
      stepName,
    );
    expect(size?.bytes).toBeLessThan(420);
    const newest = await ran(stepName);
    const [count] = await on.rows<{ runs: number }>(
      'SELECT count(*)::int AS runs FROM step_run WHERE step_name = $1',
      stepName,
    );
    expect(count?.runs).toBe(100);
    expect((await history(stepName)).slice(0, 2).map(({ operationId }) => operationId)).toEqual([
      newest.operationId,
      last.operationId,
    ]);
  });

  test('P1: a step without units, and one that was retried, count once', async () => {
    const stepName = name();
    const empty = await on.running({ stepName, total: 0 });
    expect(await history(stepName)).toEqual([]);
    const run = await on.running({ stepName, total: 2 });
    const stepId = only(run.stepIds);
    await on.outcomes(
      event(stepId, { instanceId: 'a', successful: false }),
      event(stepId, { instanceId: 'a' }),
      event(stepId, { instanceId: 'b' }),
    );
    expect(await history(stepName)).toMatchObject([{ total: 2, successful: true }]);
    expect(empty.stepIds).toHaveLength(1);
  });
});

describe('P2: when a step will be done', () => {
  test('P2: nobody says without anything to go by', async () => {
    const run = await on.running({ stepName: name(), total: 10 }, name());
    await on.outcomes(event(present(run.stepIds[0])));
    const { estimate, steps } = await estimates(run.clusterId);
    expect([estimate, ...steps.map((step) => step.estimate)]).toEqual([null, null, null]);
  });

  test('P2: by its own pace without earlier runs, by theirs with them; the operation’s by all its steps', async () => {
    const [boot, configure] = [name(), name()];
    const own = await ran(boot, { done: 5 });
    expect((await estimates(own.clusterId)).steps[0]?.estimate?.basis).toBe('OWN_PACE');
    await on.cancelOperation({ operationId: own.operationId });
    await ran(boot);
    await ran(configure);

    const cluster = await old();
    const operation = await startOperation(
      on.url,
      cluster.id,
      [
        { stepName: boot, total: 10 },
        { stepName: configure, total: 10 },
      ],
      'CREATING',
      { ageMs: 200_000 },
    );
    const stepId = present(operation.steps[0]).id;
    await on.startStep(stepId, null, 50_000);
    await on.outcomes(...spread(stepId, 5, 10));
    // Runs that have just ended are known in a moment.
    const { estimate, steps } = await until(async () => {
      const now = await estimates(cluster.id);
      return now.estimate && now.steps[0]?.estimate?.basis === 'EARLIER_RUNS' ? now : null;
    });
    const rest = (one: Said | null | undefined) => Date.parse(present(one).completionAt) - Date.now();
    expect(steps[0]?.estimate?.basis).toBe('EARLIER_RUNS');
    expect(rest(steps[0]?.estimate)).toBeGreaterThan(20_000);
    expect(rest(steps[0]?.estimate)).toBeLessThan(100_000);
    expect(steps[1]?.estimate).toBeNull();
    expect(rest(estimate) - rest(steps[0]?.estimate)).toBeGreaterThan(90_000);
    const { earliest, completionAt, latest } = present(estimate);
    expect([earliest, completionAt, latest]).toEqual([earliest, completionAt, latest].toSorted());

    // Asked again it says the same: nothing has changed by more than the noise.
    expect((await estimates(cluster.id)).steps[0]?.estimate).toEqual(steps[0]?.estimate);

    const live = ending(open(on.url, ClusterProgressDocument, { clusterId: cluster.id, estimates: true }));
    const told = present((await live.next()).data?.clusterProgress);
    expect(told.steps[0]?.estimate).toEqual(steps[0]?.estimate);
    expect(told.operations[0]?.estimate).toEqual(estimate);
  });

  test('P2: nobody says while nothing moves, nor what an operation without an end to its plan will take', async () => {
    const stepName = name();
    await ran(stepName);
    const cluster = await createCluster(on.url);
    const { id: operationId } = await startOperation(on.url, cluster.id, []);
    const { id: stepId } = await on.addStep(operationId, { stepName, total: 10 });
    await on.outcomes(event(stepId));
    const before = await estimates(cluster.id);
    expect(before.estimate).toBeNull();
    expect(before.steps[0]?.estimate).not.toBeNull();
    await on.rows(
      `UPDATE cluster_provision_step SET started_at = started_at - interval '1 day', last_progress_at = last_progress_at - interval '1 day',
        due_at = now() WHERE id = $1`,
      stepId,
    );
    expect((await estimates(cluster.id)).steps[0]?.estimate).toBeNull();
    await until(async () => (await on.step(cluster.id)).stall !== null);
    expect((await estimates(cluster.id)).steps[0]).toMatchObject({ estimate: null });
  });

  test('P2: a step is slower than usual once it takes much longer than nearly all earlier runs', async () => {
    const stepName = name();
    for (let run = 0; run < 3; run += 1) await ran(stepName);
    const run = await on.running({ stepName, total: 10 });
    await on.outcomes(event(only(run.stepIds)));
    expect((await estimates(run.clusterId)).steps[0]?.slowerThanUsual).toBe(false);
    await on.rows(
      `UPDATE cluster_provision_step SET started_at = started_at - interval '130 s' WHERE id = $1`,
      only(run.stepIds),
    );
    expect((await estimates(run.clusterId)).steps[0]?.slowerThanUsual).toBe(true);
  });
});
