import type { Cluster } from '../../src/domain/cluster.js';
import type { Operation } from '../../src/domain/operation.js';
import type { Step } from '../../src/domain/step.js';
import type { Unit } from '../../src/domain/unit.js';

export const now = new Date('2014-10-29T12:36:59.329Z');
export const tenantId = 'acme';

const clusterId = 'd2498cbf-4589-484a-a814-81436c18beb3';
const operationId = 'ee258cbf-4589-484a-a814-81436c18beb3';

export const aCluster = (over: Partial<Cluster> = {}): Cluster => ({
  ...{ tenantId, id: clusterId, name: 'demo', status: 'Waiting', statusDescription: null },
  ...{ pluginName: null, pluginVersion: null, fingerprint: null, revision: 1, createdAt: now, updatedAt: now },
  deletedAt: null,
  ...over,
});

export const anOperation = (over: Partial<Operation> = {}): Operation => ({
  ...{ tenantId, id: operationId, clusterId, type: 'CREATING', state: 'RUNNING', number: 1 },
  ...{ ending: null, reason: null, autoFinish: true, lastReportAt: null, interruptionId: null, fingerprint: null },
  ...{ leaseSeconds: null, leaseExpiresAt: null, revision: 1, startedAt: now, completedAt: null, updatedAt: now },
  ...over,
});

/** A step of that operation that runs and has no reports yet. */
export const aStep = (over: Partial<Step> = {}): Step => ({
  ...{ tenantId, id: 'aa258cbf-4589-484a-a814-81436c18beb3', clusterId, operationId },
  ...{ stepName: 'Waiting for ssh', stepType: 'CREATING', source: 'infra', position: 0, state: 'RUNNING' },
  ...{ completed: 0, failed: 0, total: 1000, ownFailureId: null, successful: null },
  ...{ startedAt: now, completedAt: null, lastReportAt: null, duration: null, fingerprint: null },
  ...{ lastProgressAt: null, curve: [], stalledSince: null, stall: null, dueAt: now },
  ...{ erasedThrough: 0, revision: 1, createdAt: now, updatedAt: now },
  ...over,
});

/** A unit of that step that is known by its id and went well. */
export const aUnit = (over: Partial<Unit> = {}): Unit => ({
  ...{ tenantId, provisionStepId: 'aa258cbf-4589-484a-a814-81436c18beb3', key: 'i:i-1', state: 'SUCCEEDED' },
  ...{ nodeGroupId: null, instanceId: 'i-1', instanceName: null, lastFailureId: null },
  ...{ reports: 1, firstReportAt: now, lastReportAt: now, revision: 1 },
  ...over,
});
