import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReadStore } from '../../src/domain/ports.js';
import { createReadStore } from '../../src/storage/store/read-store.js';
import type { ClusterRow, OperationRow, StepRow } from '../../src/storage/store/rows.js';
import { type Fixture, fixture } from './fixture.js';

let on: Fixture;
let readStore: ReadStore;
beforeAll(async () => {
  on = await fixture();
  readStore = createReadStore(on.database.prisma);
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
      fingerprint: 'c1',
      revision: 9,
      created_at: at,
      updated_at: later,
      deleted_at: null,
    });
    const told = {
      ending: 'LEASE',
      reason: 'no report came',
      auto_finish: false,
      last_report_at: at,
      interruption_id: '55555555-5555-4555-8555-555555555555',
      fingerprint: 'o1',
    } as const;
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
      ...told,
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
      last_progress_at: later,
      curve: [1, 0.5, 2.592e9],
      stalled_since: at,
      stall: 'NO_PROGRESS',
      due_at: later,
      last_report_at: later,
      own_failure_id: '66666666-6666-4666-8666-666666666666',
      fingerprint: 's1',
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
    fingerprint: 'c1',
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
    ending: 'LEASE',
    reason: 'no report came',
    autoFinish: false,
    number: 3,
    leaseSeconds: 30,
    leaseExpiresAt: later,
    lastReportAt: at,
    interruptionId: '55555555-5555-4555-8555-555555555555',
    fingerprint: 'o1',
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
    ownFailureId: '66666666-6666-4666-8666-666666666666',
    successful: false,
    startedAt: at,
    completedAt: null,
    lastReportAt: later,
    duration: 701,
    lastProgressAt: later,
    curve: [1, 0.5, 2.592e9],
    stalledSince: at,
    stall: 'NO_PROGRESS',
    dueAt: later,
    erasedThrough: 4,
    fingerprint: 's1',
    revision: 8,
    createdAt: at,
    updatedAt: later,
  });

  test('of a cluster, an operation and a step', async () => {
    expect(await readStore.clusters('acme', [cluster.id])).toEqual([wantedCluster()]);
    expect(await readStore.operations('acme', [operation.id])).toEqual([wantedOperation()]);
    expect(await readStore.steps('acme', [step.id])).toEqual([wantedStep()]);
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
    expect(await readStore.steps('acme', [id])).toMatchObject([wanted]);
  });

  test('of a state, whose times come through JSON with their milliseconds', async () => {
    expect(await readStore.clusterState('acme', cluster.id, 10)).toEqual({
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
      late: true,
      withdrawn: true,
      occurred_at: later,
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
      late: true,
      withdrawn: true,
      occurredAt: later,
      revision: 6,
      createdAt: at,
      updatedAt: at,
    };
    expect((await readStore.eventPage('acme', { clusterId: cluster.id }, { first: 9 })).events).toEqual([wanted]);
    expect((await readStore.eventsByErrorId('acme', 'E-1', 9, { page: 99, all: 99 })).events).toEqual([wanted]);
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
    expect(await readStore.plugins('plugins')).toEqual([{ ...wanted, provisioningSteps: steps }]);
  });
});
