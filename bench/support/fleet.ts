import { graphql } from './graphql.js';

/** A cluster that is being created, and its steps; the first one is running. */
export interface Target {
  readonly clusterId: string;
  readonly stepIds: readonly string[];
}

/** Creates clusters through the API, each with an operation of so many steps of a million units, or of `total`. */
export async function fleet(url: string, clusters: number, steps = 1, total = 1_000_000): Promise<Target[]> {
  const targets: Target[] = [];
  for (let number = 0; number < clusters; number += 1) targets.push(await target(url, number, plan(steps, total)));
  return targets;
}

async function target(url: string, number: number, steps: readonly object[]): Promise<Target> {
  const { createCluster } = await graphql<{ createCluster: { cluster: { id: string } } }>(
    url,
    'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }',
    { input: { name: `bench-${number}`, status: 'Waiting', pluginName: 'postgresql', pluginVersion: '18' } },
  );
  const clusterId = createCluster.cluster.id;
  const { startOperation } = await graphql<{ startOperation: { operation: { steps: { id: string }[] } } }>(
    url,
    'mutation ($input: StartOperationInput!) { startOperation(input: $input) { operation { steps { id } } } }',
    { input: { clusterId, type: 'CREATING', steps } },
  );
  const stepIds = startOperation.operation.steps.map(({ id }) => id);
  await graphql(url, 'mutation ($input: StartStepInput!) { startStep(input: $input) { step { id } } }', {
    input: { stepId: stepIds[0] },
  });
  return { clusterId, stepIds };
}

const plan = (steps: number, total: number) =>
  Array.from({ length: steps }, (_, position) => ({
    stepName: position === 0 ? 'Launching instances' : `Configuring part ${position}`,
    total,
    source: 'postgresql',
  }));
