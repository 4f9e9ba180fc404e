import { expect, test } from 'vitest';
import { createCluster, event, report, startOperation } from '../support/api.js';
import { type Data, kitchen } from './fixture.js';

const { on, ask, follow, cluster } = kitchen();

test('what is being provisioned right now, and how far it is', async () => {
  const { clusterId, operationId } = await cluster();
  const idle = await createCluster(on.url, { name: 'idle' });
  const { clusterCounts, clusters } = await ask('operator/01-clusters');
  expect(clusters.nodes.find(({ id }: Data) => id === clusterId)).toMatchObject({
    currentOperation: { id: operationId, type: 'CREATING', progress: 0.625 },
    currentStep: { summary: 'Waiting for ssh completed: 1 out of 4, 1 failed' },
  });
  expect(clusters.nodes.map(({ id }: Data) => id)).not.toContain(idle.id);
  expect(clusterCounts).toEqual({ all: clusters.nodes.length + 1, running: clusters.nodes.length, failed: 0 });
});

test('what went wrong lately, on any cluster', async () => {
  const before = await cluster('before');
  const { clusterId, failure, errorId } = await cluster('lately');
  const { nodes } = (await ask('operator/02-failures')).failures;
  expect(nodes[0]).toMatchObject({
    id: failure.id,
    instanceName: 'db-2',
    errorId,
    withdrawn: false,
    cluster: { id: clusterId, name: 'lately' },
    step: { stepName: 'Waiting for ssh', state: 'FAILED' },
  });
  expect(nodes[1].id).toBe(before.failure.id);
  const since = nodes[0].occurredAt;
  const lately = (await ask('operator/02-failures', { since })).failures.nodes;
  expect(lately.map(({ id }: Data) => id)).toEqual([failure.id]);
});

test('what was done with a cluster, step by step, and with one that is gone', async () => {
  const { clusterId, operationId } = await cluster();
  await on.finishOperation({ operationId, successful: false, reason: 'ssh never came up' });
  await startOperation(on.url, clusterId, ['Cleaning up'], 'DELETING');
  const wanted = {
    id: operationId,
    number: 1,
    type: 'CREATING',
    state: 'FAILED',
    reason: 'ssh never came up',
    duration: expect.any(Number),
    steps: [
      { stepName: 'Launching instances', state: 'SUCCEEDED', duration: expect.any(Number) },
      { stepName: 'Waiting for ssh', state: 'FAILED', summary: 'Waiting for ssh completed: 1 out of 4, 1 failed' },
    ],
  };
  const [there] = (await ask('operator/03-history', { clusterId })).clusters.nodes;
  expect(there).toMatchObject({ deletedAt: null, operations: { nodes: [{ state: 'RUNNING' }, wanted] } });

  await on.deleteCluster(clusterId);
  expect((await ask('operator/03-history', { clusterId })).clusters.nodes).toEqual([]);
  const [gone] = (await ask('operator/03-history', { clusterId, deleted: true })).clusters.nodes;
  const ended = { state: 'INTERRUPTED', reason: 'the cluster was deleted' };
  expect(gone).toMatchObject({ deletedAt: expect.any(String), operations: { nodes: [ended, wanted] } });
});

test('whether a cluster that seems to hang is still at work, and which instances hold it up', async () => {
  const { clusterId, operationId, failure, errorId } = await cluster();
  const { server, cluster: found } = await ask('operator/04-stalled', { clusterId });
  expect(found).toMatchObject({
    currentOperation: { id: operationId, state: 'RUNNING', leaseExpiresAt: expect.any(String) },
    currentStep: {
      summary: 'Waiting for ssh completed: 1 out of 4, 1 failed',
      units: {
        nodes: [
          { instanceName: 'db-2', reports: 1, lastFailure: { id: failure.id, eventInfo: 'TimeoutError', errorId } },
        ],
      },
    },
  });
  const last = Date.parse(found.currentOperation.lastReportAt);
  expect(last).toBeLessThanOrEqual(Date.parse(server.time));
  expect(last).toBe(Date.parse(found.currentStep.lastReportAt));
});

test('what stands behind an error id', async () => {
  const { clusterId, failure, errorId } = await cluster();
  expect((await ask('operator/05-error-id', { errorId })).eventsByErrorId).toMatchObject([
    {
      id: failure.id,
      instanceName: 'db-2',
      eventInfo: 'TimeoutError',
      step: { stepName: 'Waiting for ssh' },
      cluster: { id: clusterId, deletedAt: null },
    },
  ]);
});

test('why it failed', async () => {
  const { operationId, errorId } = await cluster();
  expect((await ask('operator/11-why', { operationId })).node).toMatchObject({
    state: 'RUNNING',
    errorGroups: [
      {
        message: 'TimeoutError',
        units: 1,
        recovered: false,
        sample: { instanceName: 'db-2', eventInfo: 'TimeoutError', errorId },
      },
    ],
  });
});

test('when it will be done, and how long its steps took before', async () => {
  const earlier = await cluster('earlier');
  const retried = event(earlier.second, { instanceId: earlier.failure.instanceId ?? null, instanceName: 'db-2' });
  const units = [retried, ...['db-3', 'db-4'].map((instanceName) => event(earlier.second, { instanceName }))];
  await report(on.url, units);
  const { clusterId } = await cluster('later');
  const found = await ask('operator/12-when', { clusterId, stepName: 'Waiting for ssh' });
  const run = found.stepHistory.find(({ clusterId }: Data) => clusterId === earlier.clusterId);
  expect(run).toMatchObject({ total: 4, successful: true, duration: expect.any(Number) });
  const { completionAt, earliest, latest, basis } = found.cluster.currentStep.estimate;
  expect(basis).toBe('EARLIER_RUNS');
  expect([earliest, completionAt, latest]).toEqual([earliest, completionAt, latest].toSorted());
});

test('what happened to one instance', async () => {
  const { clusterId } = await cluster();
  const { nodes } = (await ask('operator/06-instance', { clusterId, instanceName: 'db-2' })).cluster.events;
  expect(nodes).toMatchObject([
    { successful: true, late: false, step: { stepName: 'Launching instances', stepType: 'CREATING' } },
    { successful: false, eventInfo: 'TimeoutError', step: { stepName: 'Waiting for ssh' } },
  ]);
});

test('how to stop what nobody wants any more', async () => {
  const { operationId } = await cluster();
  await on.addStep(operationId, { stepName: 'Starting services' });
  expect((await ask('operator/07-cancel', { operationId })).cancelOperation.operation).toMatchObject({
    state: 'CANCELLED',
    reason: 'no longer needed',
    steps: [{ state: 'SUCCEEDED' }, { state: 'FAILED' }, { state: 'SKIPPED' }],
  });
});

test('how to watch a cluster, and its failures, live', async () => {
  const { clusterId, second, failure } = await cluster();
  const progress = follow('operator/08-follow', { clusterId });
  const failures = follow('operator/09-follow-failures', { clusterId });
  const [snapshot] = await progress.until(({ clusterProgress }) => clusterProgress.snapshot);
  expect(snapshot.clusterProgress.steps).toHaveLength(2);
  const hasFailure = (id: string) => (data: Data) => data.clusterEvents.events.some((event: Data) => event.id === id);
  await failures.until(hasFailure(failure.id));
  const another = event(second, { successful: false, instanceName: 'db-3', eventInfo: 'no route' });
  await report(on.url, [another]);
  await failures.until(hasFailure(another.id));
  await progress.until(({ clusterProgress }) =>
    clusterProgress.steps.some(({ summary }: Data) => /2 failed/.test(summary)),
  );
  await Promise.all([progress.close(), failures.close()]);
});

test('how to keep the list of all clusters live', async () => {
  const list = follow('operator/10-follow-clusters');
  const [first] = await list.until(() => true);
  expect(first.clusterChanges).toMatchObject({ clusters: [], removed: [] });
  const { clusterId, operationId } = await cluster('new');
  const isNew = ({ id, lastOperation }: Data) => id === clusterId && lastOperation?.progress === 0.625;
  const told = (await list.until(({ clusterChanges }) => clusterChanges.clusters.some(isNew))).at(-1);
  expect(told.clusterChanges.clusters.find(isNew)).toMatchObject({
    name: 'new',
    lastOperation: { id: operationId, state: 'RUNNING' },
  });
  await on.deleteCluster(clusterId);
  await list.until(({ clusterChanges }) => clusterChanges.removed.includes(clusterId));
  await list.close();
});
