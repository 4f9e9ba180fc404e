import { graphql } from './graphql.js';
/** Creates clusters through the API, each with an operation of so many steps of a million units. */
export async function fleet(url, clusters, steps = 1) {
    const targets = [];
    for (let number = 0; number < clusters; number += 1)
        targets.push(await target(url, number, steps));
    return targets;
}
async function target(url, number, steps) {
    const { createCluster } = await graphql(url, 'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }', { input: { name: `bench-${number}`, status: 'Waiting', pluginName: 'postgresql', pluginVersion: '18' } });
    const clusterId = createCluster.cluster.id;
    const { startOperation } = await graphql(url, 'mutation ($input: StartOperationInput!) { startOperation(input: $input) { operation { steps { id } } } }', { input: { clusterId, type: 'CREATING', steps: plan(steps) } });
    const stepIds = startOperation.operation.steps.map(({ id }) => id);
    await graphql(url, 'mutation ($input: StartStepInput!) { startStep(input: $input) { step { id } } }', {
        input: { stepId: stepIds[0] },
    });
    return { clusterId, stepIds };
}
const plan = (steps) => Array.from({ length: steps }, (_, position) => ({
    stepName: position === 0 ? 'Launching instances' : `Configuring part ${position}`,
    total: 1_000_000,
    source: 'postgresql',
}));
