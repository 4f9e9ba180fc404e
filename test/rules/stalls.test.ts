import { describe, expect, onTestFinished, test } from 'vitest';
import { HeartbeatDocument } from '../../src/generated/client.js';
import { pair } from '../reliability/pair.js';
import { createCluster, event, ok, report, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { openPool, testDatabase } from '../support/database.js';
import { until } from '../support/wait.js';
import { only, present, server, verbs } from './fixture.js';
import { type Progress, progressOf } from './follow.js';

const on = server();

/** An hour passes, or several, in which nothing happens: what is stored of a cluster is so much older. */
const anHourPasses = (query: (sql: string, ...values: unknown[]) => Promise<unknown>, clusterId: string, hours = 1) =>
  query(
    `WITH operation AS (
      UPDATE cluster_operation SET started_at = started_at - $2 * interval '1 hour', last_report_at = last_report_at - $2 * interval '1 hour'
      WHERE cluster_id = $1
    )
    UPDATE cluster_provision_step SET started_at = started_at - $2 * interval '1 hour', last_report_at = last_report_at - $2 * interval '1 hour',
      last_progress_at = last_progress_at - $2 * interval '1 hour', due_at = due_at - $2 * interval '1 hour'
    WHERE cluster_id = $1`,
    clusterId,
    hours,
  );

/** A step of four units, two of which have reported, long ago. */
async function silent() {
  const run = await on.running({ stepName: 'boot', total: 4 }, 'configure');
  const stepId = present(run.stepIds[0]);
  await on.outcomes(event(stepId, { instanceId: 'a' }), event(stepId, { instanceId: 'b' }));
  await anHourPasses(on.rows, run.clusterId);
  return { ...run, stepId };
}

const stalled = (clusterId: string, of: Pick<typeof on, 'step'> = on) =>
  until(async () => {
    const step = await of.step(clusterId);
    return step.stall === null ? null : step;
  });

describe.concurrent('P3: a step that stands still', () => {
  test('P3: is stalled since its last progress, and so is its operation; followers are told by themselves, once', async () => {
    const { clusterId, stepId } = await silent();
    const live = progressOf(on.url, clusterId);
    const told: Progress[] = [];
    while (!told.at(-1)?.steps.some(({ stalledSince }) => stalledSince !== null)) {
      told.push(present((await live.next()).data?.clusterProgress));
    }
    const step = await stalled(clusterId);
    const [stored] = await on.rows<{ last_progress_at: Date }>(
      'SELECT last_progress_at FROM cluster_provision_step WHERE id = $1',
      stepId,
    );
    expect(step).toMatchObject({
      stalledSince: present(stored).last_progress_at.toISOString(),
      stall: 'NO_SIGN_OF_LIFE',
      state: 'RUNNING',
    });
    expect(present((await on.operations(clusterId))[0]).stalledSince).toBe(step.stalledSince);
    expect(told.flatMap(({ steps }) => steps.filter(({ id }) => id === stepId))).toHaveLength(told.length);
  });

  test('P3: goes on with its next progress', async () => {
    const { clusterId, stepId } = await silent();
    await stalled(clusterId);
    await on.outcomes(event(stepId, { instanceId: 'c' }));
    expect(await on.step(clusterId)).toMatchObject({ stall: null, stalledSince: null });
    // Three times as long as it has been silent before.
    await anHourPasses(on.rows, clusterId, 4);
    await stalled(clusterId);
    await on.cancelOperation({ operationId: present((await on.operations(clusterId))[0]).id });
    expect(await on.step(clusterId)).toMatchObject({ state: 'CANCELLED', stall: null, stalledSince: null });
  });

  test('P3: is alive, but makes no progress, while its reporter is heard of', async () => {
    const { clusterId, operationId, stepId } = await silent();
    await stalled(clusterId);
    await on.heartbeat(operationId);
    expect(await on.step(clusterId)).toMatchObject({ stall: 'NO_PROGRESS', stalledSince: expect.any(String) });
    await anHourPasses(on.rows, clusterId);
    await until(async () => (await on.step(clusterId)).stall === 'NO_SIGN_OF_LIFE');
    await anHourPasses(on.rows, clusterId);
    // The same unit fails again and again: its reporter lives, no counter moves.
    await on.outcomes(event(stepId, { instanceId: 'a' }));
    expect(await on.step(clusterId)).toMatchObject({ stall: 'NO_PROGRESS' });
  });

  test('P3: with failures among its units, as long as others are to come', async () => {
    const run = await on.running({ stepName: 'boot', total: 3 });
    await on.outcomes(event(only(run.stepIds), { successful: false }));
    await anHourPasses(on.rows, run.clusterId);
    expect(await stalled(run.clusterId)).toMatchObject({ state: 'FAILED', failed: 1 });
    await on.finishOperation({ operationId: run.operationId, successful: false });
    expect(await on.step(run.clusterId)).toMatchObject({ state: 'FAILED', stall: null, stalledSince: null });
  });

  test('P3: not one whose reports still come, nor one that is done, failed as a whole, or pending', async () => {
    const idle = await silent();
    const done = await on.running({ stepName: 'one', total: 1 }, { stepName: 'two', total: 1 });
    await on.outcomes(event(present(done.stepIds[0])));
    const failed = await on.running('one');
    await on.finishStep({ stepId: only(failed.stepIds), successful: false });
    for (const { clusterId } of [done, failed]) await anHourPasses(on.rows, clusterId);
    const busy = await on.running({ stepName: 'boot', total: 4 });
    await on.outcomes(event(only(busy.stepIds)));
    await stalled(idle.clusterId);
    for (const { clusterId } of [done, failed, busy]) {
      expect((await on.cluster(clusterId)).provisioningProgress.map(({ stall }) => stall)).not.toContain(
        'NO_SIGN_OF_LIFE',
      );
    }
  });

  test('P3: is found by the filter of clusters, and counted', async () => {
    const { clusterId } = await silent();
    await stalled(clusterId);
    const query = `query($id: ID!) {
      clusters(filter: { ids: [$id], stalled: true }) { nodes { id } }
      others: clusters(filter: { ids: [$id], stalled: false }) { nodes { id } }
      clusterCounts(filter: { ids: [$id] }) { all running stalled }
    }`;
    const { data } = (await (
      await fetch(`${on.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables: { id: clusterId } }),
      })
    ).json()) as { data: unknown };
    expect(data).toEqual({
      clusters: { nodes: [{ id: clusterId }] },
      others: { nodes: [] },
      clusterCounts: { all: 1, running: 1, stalled: 1 },
    });
  });
});

/** A cluster with a step that began just now, made through a server. */
async function begun(url: string) {
  const cluster = await createCluster(url);
  const operation = await startOperation(url, cluster.id, [{ stepName: 'boot', total: 4 }]);
  await report(url, [event(present(operation.steps[0]).id)]);
  return { clusterId: cluster.id, operationId: operation.id };
}

describe('P4: on many servers', () => {
  test('P4: a stall is marked once, and followers on every server are told', async () => {
    const { a, b } = await pair({ stallSeconds: 1 });
    const { clusterId } = await begun(a);
    const readers = [a, b].map((url) => progressOf(url, clusterId));
    const told = await Promise.all(
      readers.map(async (live) => {
        for (;;) {
          const progress = present((await live.next()).data?.clusterProgress);
          if (progress.steps.some(({ stall }) => stall !== null)) return progress;
        }
      }),
    );
    expect(told[0]?.revision).toBe(told[1]?.revision);
    // Whatever came next would have a later revision: what was marked twice, too.
    await ok(a, HeartbeatDocument, {
      input: { operationId: present(told[0]?.operations[0] ?? (await verbs(() => a).operations(clusterId))[0]).id },
    });
    const { revision } = await verbs(() => b).cluster(clusterId);
    expect(revision - present(told[0]).revision).toBeLessThanOrEqual(1);
  });

  test('P4: a server that is started in the middle of the silence goes on counting it', async () => {
    const database = await testDatabase();
    onTestFinished(() => database.close());
    const first = await startApp({ stallSeconds: 1, databaseUrl: database.url });
    const { clusterId } = await begun(first.url);
    await first.close();
    const pool = openPool({ connectionString: database.url });
    onTestFinished(() => pool.end());
    const [before] = (await pool.query('SELECT last_progress_at FROM cluster_provision_step')).rows;
    const second = await startApp({ stallSeconds: 1, databaseUrl: database.url });
    onTestFinished(() => second.close());
    const step = await stalled(
      clusterId,
      verbs(() => second.url),
    );
    expect(step.stalledSince).toBe(before.last_progress_at.toISOString());
  });
});
