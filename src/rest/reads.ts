import type { Cluster } from '../domain/cluster.js';
import { Fault, notFound } from '../domain/errors.js';
import { currentStep } from '../domain/operation.js';
import type { Step } from '../domain/step.js';
import type { Progress } from './bodies.js';
import { stepRows } from './limits.js';
import type { ResourceRequest } from './resource.js';

/** W9 */
export async function readCluster({ readStore, tenantId, clusterId }: ResourceRequest): Promise<Cluster> {
  const [cluster] = await readStore.clusters(tenantId, [clusterId]);
  if (!cluster) throw notFound('a cluster', clusterId);
  return cluster;
}

/** The steps of each cluster, in two statements however many clusters there are. */
export async function readProgress(
  { readStore, tenantId }: ResourceRequest,
  clusters: readonly Cluster[],
): Promise<Progress[]> {
  const ids = clusters.map(({ id }) => id);
  const [steps, newest] = await Promise.all([
    readStore.stepsOfClusters(tenantId, ids, stepRows + 1),
    readStore.currentSteps(tenantId, ids),
  ]);
  expectFew(steps);
  return steps.map((ofCluster, index) => ({ steps: ofCluster, current: currentStep(newest[index] ?? []) }));
}

function expectFew(steps: readonly (readonly Step[])[]): void {
  if (steps.reduce((sum, { length }) => sum + length, 0) <= stepRows) return;
  const message = `expected to read at most ${stepRows} steps for one request, got more: ask for fewer clusters (limit)`;
  throw new Fault('LIMIT_EXCEEDED', message);
}
