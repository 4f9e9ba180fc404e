import type { Cluster } from '../../src/domain/cluster.js';
import type { Operation } from '../../src/domain/operation.js';
import type { Step } from '../../src/domain/step.js';

export const now = new Date('2014-10-29T12:36:59.329Z');
export const tenantId = 'acme';

const clusterId = 'd2498cbf-4589-484a-a814-81436c18beb3';
const operationId = 'ee258cbf-4589-484a-a814-81436c18beb3';

export const aCluster = (over: Partial<Cluster> = {}): Cluster => ({
  ...{ tenantId, id: clusterId, name: 'demo', status: 'Waiting', statusDescription: null },
  ...{ pluginName: null, pluginVersion: null, revision: 1, createdAt: now, updatedAt: now, deletedAt: null },
  ...over,
});

export const anOperation = (over: Partial<Operation> = {}): Operation => ({
  ...{ tenantId, id: operationId, clusterId, type: 'CREATING', state: 'RUNNING', number: 1 },
  ...{ leaseSeconds: null, leaseExpiresAt: null, revision: 1, startedAt: now, completedAt: null, updatedAt: now },
  ...over,
});

/** A step of that operation that runs and has no reports yet. */
export const aStep = (over: Partial<Step> = {}): Step => ({
  ...{ tenantId, id: 'aa258cbf-4589-484a-a814-81436c18beb3', clusterId, operationId },
  ...{ stepName: 'Waiting for ssh', stepType: 'CREATING', source: 'infra', position: 0, state: 'RUNNING' },
  ...{ completed: 0, failed: 0, total: 1000, successful: null },
  ...{ startedAt: now, completedAt: null, duration: null },
  ...{ erasedThrough: 0, revision: 1, createdAt: now, updatedAt: now },
  ...over,
});
