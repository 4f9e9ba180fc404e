import { describe, expect, onTestFinished, test } from 'vitest';
import {
  AddStepDocument,
  ClustersDocument,
  EventsByErrorIdDocument,
  FinishOperationDocument,
  FinishStepDocument,
  ReportEventsDocument,
  StartOperationDocument,
  StartStepDocument,
  UpdateClusterDocument,
} from '../../src/generated/client.js';
import { event, ok, post } from '../support/api.js';
import { startApp } from '../support/app.js';
import { testDatabase } from '../support/database.js';
import { dump } from '../support/tables.js';
import { until } from '../support/wait.js';
import { only, refusal, type Server, server, verbs } from './fixture.js';

const on = server({ eraseIntervalSeconds: 1 });
const unhurried = server({ eraseIntervalSeconds: 86_400, eraseGraceSeconds: 0 });

/** A step with two reports, of the total given. */
async function reported(at: Server, total: number, successful = true) {
  const { clusterId, operationId, stepIds } = await at.running({ stepName: 'one', total });
  await at.outcomes(event(only(stepIds)), event(only(stepIds), { successful }));
  return { clusterId, operationId, stepId: only(stepIds) };
}

const completedEarlier = (stepId: string, age: string) =>
  on.rows(`UPDATE cluster_provision_step SET completed_at = completed_at - $2::interval WHERE id = $1`, stepId, age);

/** All that happened to a cluster was so much earlier. */
async function older(clusterId: string, age: string) {
  const times = {
    cluster: ['id', 'deleted_at'],
    cluster_operation: ['cluster_id', 'started_at', 'completed_at'],
    cluster_provision_step: ['cluster_id', 'created_at', 'started_at', 'completed_at'],
  };
  for (const [table, [key, ...columns]] of Object.entries(times)) {
    const changes = columns.map((column) => `${column} = ${column} - $2::interval`).join();
    await on.rows(`UPDATE ${table} SET ${changes} WHERE ${key} = $1`, clusterId, age);
  }
}

const logIsEmpty = (clusterId: string) => until(async () => (await on.events(clusterId)).length === 0);

describe('F1: what is redundant', () => {
  test('F1: events of a step that succeeded go after the grace time; counters, times and duration stay', async () => {
    const [old, fresh] = [await reported(on, 2), await reported(on, 2)];
    await completedEarlier(old.stepId, '500 seconds');
    const before = await on.cluster(old.clusterId);
    expect(await on.events(old.clusterId)).toHaveLength(2);
    await completedEarlier(old.stepId, '100 seconds');
    await logIsEmpty(old.clusterId);
    const { completedAt, ...kept } = await on.step(old.clusterId);
    expect(kept).toMatchObject({ completed: 2, total: 2, successful: true, duration: 0, state: 'SUCCEEDED' });
    expect(Date.parse(`${before.provisioningProgress[0]?.completedAt}`) - Date.parse(`${completedAt}`)).toBe(100_000);
    expect((await on.cluster(old.clusterId)).revision).toBe(before.revision);
    expect(await on.events(fresh.clusterId)).toHaveLength(2);
  });

  test('F1: a report of a step whose events are gone still counts nothing', async () => {
    const { clusterId, stepId } = await reported(on, 2);
    await completedEarlier(stepId, '601 seconds');
    await logIsEmpty(clusterId);
    expect(await on.outcomes(event(stepId))).toEqual(['STEP_CLOSED']);
  });

  test('F1: no read erases anything', async () => {
    const { clusterId } = await reported(unhurried, 2);
    for (let round = 0; round < 3; round += 1) {
      await unhurried.cluster(clusterId);
      expect(await unhurried.events(clusterId)).toHaveLength(2);
    }
  });
});

describe('F2: what is not', () => {
  test('F2: events of failed and open steps stay, until retention after their operation’s end is over', async () => {
    const [failed, open, done] = [await reported(on, 3, false), await reported(on, 3), await reported(on, 2)];
    await on.finishOperation({ operationId: failed.operationId, successful: false });
    await older(failed.clusterId, '89 days');
    await older(open.clusterId, '900 days');
    // Once these have gone, the eraser has been round.
    await older(done.clusterId, '1 day');
    await logIsEmpty(done.clusterId);
    expect(await on.events(failed.clusterId)).toHaveLength(2);
    await older(failed.clusterId, '1 day');
    await logIsEmpty(failed.clusterId);
    expect(await on.events(open.clusterId)).toHaveLength(2);
    expect(await on.step(failed.clusterId)).toMatchObject({ completed: 1, failed: 1, successful: false });
  });
});

describe('F3: deleted clusters', () => {
  const traces = (clusterId: string) =>
    on.rows(
      `SELECT 'cluster' FROM cluster WHERE id = $1
       UNION ALL SELECT 'operation' FROM cluster_operation WHERE cluster_id = $1
       UNION ALL SELECT 'step' FROM cluster_provision_step WHERE cluster_id = $1
       UNION ALL SELECT 'event' FROM cluster_event WHERE cluster_id = $1`,
      clusterId,
    );

  test('F3: a deleted cluster is hidden, and so is all that is beneath it, but for who has an error id', async () => {
    const { clusterId, operationId, stepId } = await reported(on, 3, false);
    const errorId = (await on.events(clusterId))[1]?.errorId ?? '';
    await on.deleteCluster(clusterId);
    await expect(on.cluster(clusterId)).rejects.toThrow('expected something, got null');
    expect((await ok(on.url, ClustersDocument, {})).clusters.nodes.map(({ id }) => id)).not.toContain(clusterId);
    expect((await ok(on.url, EventsByErrorIdDocument, { errorId })).eventsByErrorId).toMatchObject([{ clusterId }]);
    expect(await on.outcomes(event(stepId))).toEqual(['NOT_FOUND']);
    const refused = [
      post(on.url, UpdateClusterDocument, { input: { id: clusterId, status: 'Active' } }),
      post(on.url, StartOperationDocument, { input: { clusterId, type: 'CREATING' } }),
      post(on.url, AddStepDocument, { input: { operationId, stepName: 'two' } }),
      post(on.url, StartStepDocument, { input: { stepId } }),
      post(on.url, FinishStepDocument, { input: { stepId, successful: true } }),
      post(on.url, FinishOperationDocument, { input: { operationId, successful: true } }),
    ];
    for (const answer of refused) expect(await refusal(answer)).toMatch(/^NOT_FOUND: /);
  });

  test('F3: its log is kept until retention is over, then all of it goes, without orphans', async () => {
    const { clusterId, stepId } = await reported(on, 3, false);
    await on.deleteCluster(clusterId);
    await older(clusterId, '89 days');
    const kept = await traces(clusterId);
    expect(kept).toHaveLength(5);
    const done = await reported(on, 2);
    await older(done.clusterId, '1 day');
    await logIsEmpty(done.clusterId);
    expect(await traces(clusterId)).toEqual(kept);
    await older(clusterId, '1 day');
    await until(async () => (await traces(clusterId)).length === 0);
    expect(await on.rows('SELECT FROM step_unit WHERE provision_step_id = $1', stepId)).toEqual([]);
  });
});

describe('F4: the event log switched off', () => {
  /** A server with the log switched off, on a database where one with it on has left an operation running. */
  async function switchedOff() {
    const database = await testDatabase();
    const before = await startApp({ databaseUrl: database.url });
    const { running, outcomes } = verbs(() => before.url);
    const { clusterId, operationId, stepIds } = await running({ stepName: 'one', total: 3 }, 'two');
    await outcomes(event(only(stepIds)));
    await before.close();
    const app = await startApp({ databaseUrl: database.url, eventLog: false });
    onTestFinished(async () => {
      await app.close();
      await database.close();
    });
    return { app, clusterId, operationId, stepId: only(stepIds), verbs: verbs(() => app.url) };
  }

  test('F4: steps open at that moment are closed at the next start; what was recorded can be read', async () => {
    const { clusterId, verbs } = await switchedOff();
    const { currentOperation, provisioningProgress } = await verbs.cluster(clusterId);
    expect(currentOperation).toBeNull();
    expect(provisioningProgress.map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
    expect((await verbs.events(clusterId)).map(({ eventInfo }) => eventInfo)).toEqual([
      null,
      'the event log was switched off',
    ]);
  });

  test('F4: what reports progress succeeds and writes nothing', async () => {
    const { app, clusterId, operationId, stepId } = await switchedOff();
    const before = await dump(app.databaseUrl);
    const answers = [
      await ok(app.url, StartOperationDocument, { input: { clusterId, type: 'SCALING' } }),
      await ok(app.url, AddStepDocument, { input: { operationId, stepName: 'three' } }),
      await ok(app.url, StartStepDocument, { input: { stepId } }),
      await ok(app.url, FinishStepDocument, { input: { stepId, successful: false } }),
      await ok(app.url, FinishOperationDocument, { input: { operationId, successful: true } }),
    ];
    expect(answers.flatMap((answer) => Object.values(answer).flatMap((payload) => Object.values(payload)))).toEqual(
      Array(5).fill(null),
    );
    const events = [event(stepId), event(stepId)];
    const { reportEvents } = await ok(app.url, ReportEventsDocument, { input: { events } });
    expect(reportEvents.results).toMatchObject(events.map(({ id }) => ({ id, outcome: 'DISABLED', code: null })));
    expect(await dump(app.databaseUrl)).toEqual(before);
  });
});
