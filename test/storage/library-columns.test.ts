import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Library } from '../../src/domain/ports.js';
import { createLibrary } from '../../src/storage/library.js';
import type { ClusterRow, OperationRow, StepRow } from '../../src/storage/rows.js';
import { type Fixture, fixture } from './fixture.js';

let on: Fixture;
let library: Library;
beforeAll(async () => {
  on = await fixture();
  library = createLibrary(on.database.prisma);
});
afterAll(() => on?.close());

describe('every column comes back as it was stored', () => {
  const at = new Date('2014-10-29T12:36:59.300Z');
  const later = new Date('2014-10-29T12:37:00.001Z');
  let cluster: ClusterRow;
  let operation: OperationRow;
  let step: StepRow;

  beforeAll(async () => {
    cluster = await on.rows.cluster({
      name: 'näme "quoted" \\ 🐘',
      status: 'Waiting',
      status_description: 'for ssh',
      plugin_name: 'vanilla',
      plugin_version: '2.7',
      revision: 9,
      created_at: at,
      updated_at: later,
      deleted_at: null,
    });
    const times = {
      lease_seconds: 30,
      lease_expires_at: later,
      started_at: at,
      completed_at: later,
      updated_at: later,
    };
    operation = await on.rows.operation(cluster, {
      type: 'SCALING',
      state: 'FAILED',
      number: 3,
      revision: 7,
      ...times,
    });
    step = await on.rows.step(operation, {
      step_name: 'Waiting for ssh',
      step_type: 'SCALING',
      source: 'vanilla',
      position: 2,
      state: 'FAILED',
      completed: 59,
      failed: 1,
      total: 1000,
      successful: false,
      started_at: at,
      duration: 701,
      erased_through: 4,
      revision: 8,
      created_at: at,
      updated_at: later,
    });
  });

  const wantedCluster = () => ({
    tenantId: 'acme',
    id: cluster.id,
    name: 'näme "quoted" \\ 🐘',
    status: 'Waiting',
    statusDescription: 'for ssh',
    pluginName: 'vanilla',
    pluginVersion: '2.7',
    revision: 9,
    createdAt: at,
    updatedAt: later,
    deletedAt: null,
  });
  const wantedOperation = () => ({
    tenantId: 'acme',
    id: operation.id,
    clusterId: cluster.id,
    type: 'SCALING',
    state: 'FAILED',
    number: 3,
    leaseSeconds: 30,
    leaseExpiresAt: later,
    revision: 7,
    startedAt: at,
    completedAt: later,
    updatedAt: later,
  });
  const wantedStep = () => ({
    tenantId: 'acme',
    id: step.id,
    clusterId: cluster.id,
    operationId: operation.id,
    stepName: 'Waiting for ssh',
    stepType: 'SCALING',
    source: 'vanilla',
    position: 2,
    state: 'FAILED',
    completed: 59,
    failed: 1,
    total: 1000,
    successful: false,
    startedAt: at,
    completedAt: null,
    duration: 701,
    erasedThrough: 4,
    revision: 8,
    createdAt: at,
    updatedAt: later,
  });

  test('of a cluster, an operation and a step', async () => {
    expect(await library.clusters('acme', [cluster.id])).toEqual([wantedCluster()]);
    expect(await library.operations('acme', [operation.id])).toEqual([wantedOperation()]);
    expect(await library.steps('acme', [step.id])).toEqual([wantedStep()]);
  });

  test('of a step that succeeded', async () => {
    const done = { state: 'SUCCEEDED', successful: true, started_at: at, completed_at: later } as const;
    const { id } = await on.rows.step(await on.rows.operation(await on.rows.cluster()), done);
    const wanted = {
      state: 'SUCCEEDED',
      successful: true,
      startedAt: at,
      completedAt: later,
      total: null,
      duration: null,
    };
    expect(await library.steps('acme', [id])).toMatchObject([wanted]);
  });

  test('of a state, whose times come through JSON with their milliseconds', async () => {
    expect(await library.clusterState('acme', cluster.id)).toEqual({
      cluster: wantedCluster(),
      operations: [wantedOperation()],
      steps: [wantedStep()],
    });
  });

  test('of an event', async () => {
    const values = {
      successful: false,
      error_id: 'E-1',
      event_info: 'Traceback:\n "x"',
      created_at: at,
      updated_at: at,
    };
    const unit = { node_group_id: 'g', instance_id: 'i', instance_name: 'n' };
    const event = await on.rows.event(step, { ...values, ...unit, revision: 6 });
    const wanted = {
      tenantId: 'acme',
      id: event.id,
      clusterId: cluster.id,
      provisionStepId: step.id,
      nodeGroupId: 'g',
      instanceId: 'i',
      instanceName: 'n',
      eventInfo: 'Traceback:\n "x"',
      successful: false,
      errorId: 'E-1',
      revision: 6,
      createdAt: at,
      updatedAt: at,
    };
    expect((await library.eventPage('acme', { clusterId: cluster.id }, { first: 9 })).events).toEqual([wanted]);
    expect(await library.eventByErrorId('acme', 'E-1')).toEqual(wanted);
  });

  test('of a plugin', async () => {
    const steps = { creating: ['a', 'b'], scaling: [], deleting: ['c'] };
    await on.rows.plugin({
      tenant_id: 'plugins',
      name: 'vanilla',
      version: '2',
      ...steps,
      created_at: at,
      updated_at: later,
    });
    const wanted = { tenantId: 'plugins', name: 'vanilla', version: '2', createdAt: at, updatedAt: later };
    expect(await library.plugins('plugins')).toEqual([{ ...wanted, provisioningSteps: steps }]);
  });
});
