import { describe, expect, onTestFinished, test } from 'vitest';
import {
  ClusterDocument,
  ClustersDocument,
  DeleteClusterDocument,
  EventsDocument,
  OperationsDocument,
  PluginsDocument,
} from '../../src/generated/client.js';
import { createCluster, event, ok, post, report } from '../support/api.js';
import { startApp } from '../support/app.js';
import { dump } from '../support/tables.js';
import { only, refusal, server, verbs } from './fixture.js';
import { ended, eventsOf, progressOf } from './follow.js';

const on = server();

async function step() {
  const { clusterId, operationId, stepIds } = await on.running({ stepName: 'one', total: 900 });
  return { clusterId, operationId, stepId: only(stepIds) };
}

describe('W8: reads', () => {
  test('W8: no read and no subscription writes', async () => {
    const { clusterId, stepId } = await step();
    await report(on.url, [event(stepId), event(stepId, { successful: false })]);
    const before = await dump(on.app.databaseUrl);
    await ok(on.url, ClusterDocument, { id: clusterId });
    await ok(on.url, ClustersDocument, { filter: { running: true } });
    await ok(on.url, EventsDocument, { clusterId });
    await ok(on.url, OperationsDocument, { clusterId });
    await ok(on.url, PluginsDocument, {});
    await progressOf(on.url, clusterId).next();
    await eventsOf(on.url, clusterId).next();
    expect(await dump(on.app.databaseUrl)).toEqual(before);
  });

  test('W8: a read after an acknowledged report shows it, on any server', async () => {
    const other = await startApp({ databaseUrl: on.app.databaseUrl });
    onTestFinished(() => other.close());
    const { clusterId, stepId } = await step();
    for (let told = 1; told <= 20; told += 1) {
      await report(on.url, [event(stepId)]);
      for (const reader of [on, verbs(() => other.url)]) {
        expect((await reader.step(clusterId)).completed).toBe(told);
        expect(await reader.events(clusterId)).toHaveLength(told);
      }
    }
  });
});

describe('W9: what is not there, and what is another tenant’s', () => {
  /** The ids of a cluster, its operation and its step, made another tenant's. */
  async function anothers() {
    const cluster = await createCluster(on.url);
    const ids = { clusterId: cluster.id, operationId: crypto.randomUUID(), stepId: crypto.randomUUID() };
    await on.rows(`UPDATE cluster SET tenant_id = 'another' WHERE id = $1`, ids.clusterId);
    await on.rows(
      `INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, number, revision, started_at, updated_at)
       VALUES ('another', $2, $1, 'CREATING', 'RUNNING', 1, 1, now(), now())`,
      ids.clusterId,
      ids.operationId,
    );
    await on.rows(
      `INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position,
         state, completed, failed, total, started_at, revision, created_at, updated_at)
       VALUES ('another', $3, $1, $2, 'one', 'CREATING', 'infra', 0, 'RUNNING', 0, 0, 9, now(), 1, now(), now())`,
      ids.clusterId,
      ids.operationId,
      ids.stepId,
    );
    return ids;
  }
  type Ids = Record<'clusterId' | 'operationId' | 'stepId', string>;
  const nobodys = (): Ids => ({
    clusterId: crypto.randomUUID(),
    operationId: crypto.randomUUID(),
    stepId: crypto.randomUUID(),
  });

  /** What the server answers to everything that can be asked of these ids, the ids themselves blotted out. */
  async function answers({ clusterId, operationId, stepId }: Ids, { again = true } = {}) {
    const mutation = (name: string, type: string, input: object) =>
      refusal(post(on.url, `mutation ($input: ${type}!) { ${name}(input: $input) { __typename } }`, { input }));
    const refused = [
      await mutation('updateCluster', 'UpdateClusterInput', { id: clusterId, status: 'Active' }),
      ...(again ? [await mutation('deleteCluster', 'DeleteClusterInput', { id: clusterId })] : []),
      await mutation('startOperation', 'StartOperationInput', { clusterId, type: 'SCALING' }),
      await mutation('addStep', 'AddStepInput', { operationId, stepName: 'two' }),
      await mutation('startStep', 'StartStepInput', { stepId }),
      await mutation('finishStep', 'FinishStepInput', { stepId, successful: true }),
      await mutation('finishOperation', 'FinishOperationInput', { operationId, successful: true }),
      await refusal(ended(progressOf(on.url, clusterId))),
      await refusal(ended(eventsOf(on.url, clusterId))),
      ...(await report(on.url, [event(stepId)])).results.map(({ code, reason }) => `${code}: ${reason}`),
    ];
    const { cluster } = await ok(on.url, ClusterDocument, { id: clusterId });
    const ids = new RegExp([clusterId, operationId, stepId].join('|'), 'g');
    return { cluster, refused: refused.map((text) => text.replace(ids, '<id>')) };
  }

  test('W9: an unknown cluster, a deleted one and another tenant’s are NOT_FOUND, in the same words', async () => {
    const unknown = await answers(nobodys());
    expect(unknown.cluster).toBeNull();
    for (const text of unknown.refused)
      expect(text).toMatch(/^NOT_FOUND: expected the id of an? \w+, got "<id>", which names none$/);
    const foreign = await anothers();
    const before = await dump(on.app.databaseUrl);
    expect(await answers(foreign)).toEqual(unknown);
    expect(await dump(on.app.databaseUrl)).toEqual(before);
    const deleted = await step();
    await ok(on.url, DeleteClusterDocument, { input: { id: deleted.clusterId } });
    // O3: deleting it again is no error.
    const deletedAgain = { ...unknown, refused: unknown.refused.filter((_, index) => index !== 1) };
    expect(await answers(deleted, { again: false })).toEqual(deletedAgain);
  });

  test('W9: lists leave another tenant’s clusters out', async () => {
    const { clusterId } = await anothers();
    const mine = await createCluster(on.url);
    const ids = (await ok(on.url, ClustersDocument, { first: 500 })).clusters.nodes.map(({ id }) => id);
    expect(ids).toContain(mine.id);
    expect(ids).not.toContain(clusterId);
  });
});
