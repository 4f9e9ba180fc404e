import { expect, test } from 'vitest';
import { createCluster, event, ok, report, startOperation } from '../support/api.js';
import { server } from './fixture.js';

const on = server();

/** The specification's bodies, by their own fields. */
const progressQuery = `query ($id: ID!) {
  cluster(id: $id) {
    status
    provisioningProgress {
      id clusterId stepName stepType completed total successful createdAt startedAt completedAt updatedAt
    }
    currentStep {
      summary
      events { nodes { clusterId nodeGroupId instanceId instanceName provisionStepId eventInfo successful id createdAt } }
    }
  }
}`;

interface Sample {
  cluster: {
    status: string;
    provisioningProgress: object[];
    currentStep: { summary: string; events: { nodes: object[] } };
  };
}

const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const instances = Array.from({ length: 1000 }, (_, index) => `instance-${index}`);
const namenode = {
  nodeGroupId: 'ee258cbf-4589-484a-a814-81436c18beb3',
  instanceId: 'ss678cbf-4589-484a-a814-81436c18beb3',
  instanceName: 'cluster-namenode-001',
};

/** `Launching instances` of 1000, begun ten minutes ago and now done, then `Waiting for ssh` of 1000. */
async function launched() {
  const { id: clusterId } = await createCluster(on.url, { status: 'Waiting' });
  const steps = ['Launching instances', 'Waiting for ssh'].map((stepName) => ({ stepName, total: 1000 }));
  const [launching = '', waiting = ''] = (await startOperation(on.url, clusterId, steps)).steps.map(({ id }) => id);
  const first = event(launching, namenode);
  await report(on.url, [first]);
  await on.rows(
    `UPDATE cluster_provision_step SET started_at = started_at - interval '10 min' WHERE id = $1`,
    launching,
  );
  await report(
    on.url,
    instances.slice(1).map((instanceId) => event(launching, { instanceId })),
  );
  return { clusterId, launching, waiting, first };
}

async function waitingForSsh() {
  const ids = await launched();
  await report(
    on.url,
    instances.slice(1, 60).map((instanceId) => event(ids.waiting, { instanceId })),
  );
  return ids;
}

const sample = async (id: string) => (await ok<Sample, object>(on.url, progressQuery, { id })).cluster;

const stepOf = (ids: { clusterId: string }, id: string, stepName: string, rest: object) => ({
  ...{ id, clusterId: ids.clusterId, stepName, stepType: 'CREATING', total: 1000 },
  ...{ createdAt: moment, startedAt: moment, updatedAt: moment, ...rest },
});
const done = { completed: 1000, successful: true, completedAt: moment };

test('the specification’s sample of a step that is done: S13, its first form; S9, its times; its events', async () => {
  const { first, ...ids } = await launched();
  const { currentStep, provisioningProgress } = await sample(ids.clusterId);
  expect(provisioningProgress[0]).toEqual(stepOf(ids, ids.launching, 'Launching instances', done));
  // However long the reports took on top of the ten minutes.
  expect(currentStep.summary).toMatch(/^Launching instances completed 1000 out of 1000 in 10 minutes( \d+ seconds?)?$/);
  expect(currentStep.events.nodes[0]).toEqual({
    ...namenode,
    id: first.id,
    clusterId: ids.clusterId,
    provisionStepId: ids.launching,
    eventInfo: null,
    successful: true,
    createdAt: moment,
  });
});

test('the specification’s sample of a step that runs: S13, its second form', async () => {
  const ids = await waitingForSsh();
  const { status, provisioningProgress, currentStep } = await sample(ids.clusterId);
  expect(status).toBe('Waiting');
  expect(provisioningProgress).toEqual([
    stepOf(ids, ids.launching, 'Launching instances', done),
    stepOf(ids, ids.waiting, 'Waiting for ssh', { completed: 59, successful: null, completedAt: null }),
  ]);
  expect(currentStep.summary).toBe('Waiting for ssh completed: 59 out of 1000');
});

test('the specification’s sample of a step that failed: S9, no completedAt; S13, how many failed; its reason', async () => {
  const ids = await waitingForSsh();
  const eventInfo = 'Traceback (most recent call last):\n  File "ssh.py", line 7, in connect\nTimeoutError: timed out';
  const failure = event(ids.waiting, { ...namenode, successful: false, eventInfo });
  await report(on.url, [failure]);
  const { status, provisioningProgress, currentStep } = await sample(ids.clusterId);
  expect(status).toBe('Waiting');
  expect(provisioningProgress).toEqual([
    stepOf(ids, ids.launching, 'Launching instances', done),
    stepOf(ids, ids.waiting, 'Waiting for ssh', { completed: 59, successful: false, completedAt: null }),
  ]);
  expect(currentStep.summary).toBe('Waiting for ssh completed: 59 out of 1000, 1 failed');
  expect(currentStep.events.nodes.at(-1)).toEqual({
    ...namenode,
    id: failure.id,
    clusterId: ids.clusterId,
    provisionStepId: ids.waiting,
    eventInfo,
    successful: false,
    createdAt: moment,
  });
});
