import { only } from '../rules/fixture.js';
import { createCluster, startOperation } from '../support/api.js';

/** A cluster, and its only step, which is never completed. */
export interface Work {
  readonly clusterId: string;
  readonly stepId: string;
}

/** `count` clusters with steps that are never completed. */
export function endless(url: string, count: number): Promise<Work[]> {
  const one = async (_: unknown, index: number) => {
    const { id } = await createCluster(url, { name: `cluster ${index}` });
    const { steps } = await startOperation(url, id, [{ stepName: 'Working', total: 1_000_000 }]);
    return { clusterId: id, stepId: only(steps.map((step) => step.id)) };
  };
  return Promise.all(Array.from({ length: count }, one));
}
