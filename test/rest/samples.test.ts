import { expect, test } from 'vitest';
import { server } from '../rules/fixture.js';
import { createCluster, event, report, startOperation } from '../support/api.js';
import { get } from './fixture.js';

const on = server();

const created = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}000$/);
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const instances = Array.from({ length: 1000 }, (_, index) => `instance-${index}`);
const namenode = {
  nodeGroupId: 'ee258cbf-4589-484a-a814-81436c18beb3',
  instanceId: 'ss678cbf-4589-484a-a814-81436c18beb3',
  instanceName: 'cluster-namenode-001',
};

/** `Launching instances` of 1000, begun ten minutes ago and now done, then `Waiting for ssh` of 1000. */
async function launched() {
  const { id: clusterId } = await createCluster(on.url, {
    status: 'Waiting',
    pluginName: 'vanilla',
    pluginVersion: '2.7.1',
  });
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

type Ids = Awaited<ReturnType<typeof launched>>;

async function waitingForSsh(): Promise<Ids> {
  const ids = await launched();
  await report(
    on.url,
    instances.slice(1, 60).map((instanceId) => event(ids.waiting, { instanceId })),
  );
  return ids;
}

const read = async (path: string) => (await get(on.url, `/v1.1/default/clusters/${path}`)).body;

/** The specification's form of a step, with these values. */
const step = (clusterId: string, id: string, step_name: string, rest: object) => ({
  id,
  cluster_id: clusterId,
  step_name,
  step_type: 'creating',
  total: 1000,
  created_at: created,
  updated_at: created,
  ...rest,
});
const done = { completed: 1000, successful: true, started_at: moment, completed_at: moment };
const pending = { completed: 0, successful: null, started_at: null, completed_at: null };
const running = { completed: 59, successful: null, started_at: moment, completed_at: null };
const failed = { ...running, successful: false };

/** The whole body of a cluster with these steps, each with the sentence about it; the last that has begun is its current one. */
const cluster = (id: string, steps: [object, summary: unknown][], current: number) => ({
  cluster: {
    id,
    name: 'demo',
    tenant_id: 'default',
    status: 'Waiting',
    status_description: null,
    plugin_name: 'vanilla',
    plugin_version: '2.7.1',
    hadoop_version: '2.7.1',
    created_at: created,
    updated_at: created,
    current_step: { ...steps[current]?.[0], summary: steps[current]?.[1] },
    provisioning_progress: steps.map(([step]) => step),
    provision_progress: steps.map(([step, summary]) => ({ ...step, tenant_id: 'default', summary })),
  },
});
const inTenMinutes = expect.stringMatching(
  /^Launching instances completed 1000 out of 1000 in 10 minutes( \d+ seconds?)?$/,
);

/** The whole body of an event of the namenode. */
const namenodeEvent = (clusterId: string, stepId: string, id: string, rest: object) => ({
  id,
  cluster_id: clusterId,
  provision_step_id: stepId,
  provisioning_step_id: stepId,
  step_id: stepId,
  node_group_id: namenode.nodeGroupId,
  instance_id: namenode.instanceId,
  instance_name: namenode.instanceName,
  late: false,
  withdrawn: false,
  occurred_at: created,
  created_at: created,
  updated_at: created,
  ...rest,
});

test('the specification’s sample of a step that is done', async () => {
  const { clusterId, launching, waiting, first } = await launched();
  expect(await read(clusterId)).toEqual(
    cluster(
      clusterId,
      [
        [step(clusterId, launching, 'Launching instances', done), inTenMinutes],
        [step(clusterId, waiting, 'Waiting for ssh', pending), 'Waiting for ssh completed: 0 out of 1000'],
      ],
      0,
    ),
  );
  const succeeded = { event_info: null, error_id: null, successful: true };
  expect(await read(`${clusterId}/progress?limit=1`)).toEqual({
    events: [namenodeEvent(clusterId, launching, first.id, succeeded)],
    markers: { next: expect.any(String) },
  });
});

test('the specification’s sample of a step that runs', async () => {
  const { clusterId, launching, waiting } = await waitingForSsh();
  expect(await read(clusterId)).toEqual(
    cluster(
      clusterId,
      [
        [step(clusterId, launching, 'Launching instances', done), inTenMinutes],
        [step(clusterId, waiting, 'Waiting for ssh', running), 'Waiting for ssh completed: 59 out of 1000'],
      ],
      1,
    ),
  );
  const { events } = await read(`${clusterId}/progress`);
  expect(events.map((event: { provision_step_id: string }) => event.provision_step_id)).toEqual(
    Array.from({ length: 59 }, () => waiting),
  );
});

test('the specification’s sample of a step that failed: not completed, with its traceback', async () => {
  const { clusterId, launching, waiting } = await waitingForSsh();
  const event_info = 'Traceback (most recent call last):\n  File "ssh.py", line 7, in connect\nTimeoutError: timed out';
  const failure = event(waiting, { ...namenode, successful: false, eventInfo: event_info, errorId: 'ss678www' });
  await report(on.url, [failure]);
  expect(await read(clusterId)).toEqual(
    cluster(
      clusterId,
      [
        [step(clusterId, launching, 'Launching instances', done), inTenMinutes],
        [step(clusterId, waiting, 'Waiting for ssh', failed), 'Waiting for ssh completed: 59 out of 1000, 1 failed'],
      ],
      1,
    ),
  );
  const { events, markers } = await read(`${clusterId}/progress`);
  expect(events.at(-1)).toEqual(
    namenodeEvent(clusterId, waiting, failure.id, { event_info, error_id: 'ss678www', successful: false }),
  );
  expect([events.length, markers]).toEqual([60, { next: null }]);
});
