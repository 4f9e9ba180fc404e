import { afterAll, beforeAll, expect, test } from 'vitest';
import { startCountedApp, statementsOf } from '../support/statements.js';
import { settled } from '../support/tables.js';
import { ask, post } from './ask.js';

let app: Awaited<ReturnType<typeof startCountedApp>>;
beforeAll(async () => {
  app = await startCountedApp();
});
afterAll(() => app.close());

async function createCluster(name: string): Promise<string> {
  const query = 'mutation ($input: CreateClusterInput!) { createCluster(input: $input) { cluster { id } } }';
  const { createCluster } = await ask<{ createCluster: { cluster: { id: string } } }>(app.url, query, {
    input: { name },
  });
  return createCluster.cluster.id;
}

async function startOperation(clusterId: string, steps: number, total: number): Promise<string[]> {
  const query = `mutation ($input: StartOperationInput!) {
    startOperation(input: $input) { operation { steps { id } } }
  }`;
  const planned = Array.from({ length: steps }, (_, index) => ({ stepName: `Step ${index}`, total }));
  const { startOperation } = await ask<{ startOperation: { operation: { steps: { id: string }[] } } }>(app.url, query, {
    input: { clusterId, type: 'CREATING', steps: planned },
  });
  return startOperation.operation.steps.map((step) => step.id);
}

async function report(stepId: string, units: number): Promise<void> {
  const query = 'mutation ($input: ReportEventsInput!) { reportEvents(input: $input) { results { outcome } } }';
  const events = Array.from({ length: units }, (_, index) => ({
    id: crypto.randomUUID(),
    stepId,
    successful: true,
    instanceName: `worker-${index}`,
  }));
  await ask(app.url, query, { input: { events } });
}

/** The answer, and how many statements the server sent its database for it. */
async function counted<Data>(query: string, variables: object = {}): Promise<{ data: Data; statements: number }> {
  await settled(app.databaseUrl);
  const { answer, statements } = await statementsOf(() => ask<Data>(app.url, query, variables));
  expect(statements).not.toEqual([]);
  return { data: answer, statements: statements.length };
}

const step = `id clusterId operationId stepName stepType source position state completed failed total successful
  startedAt completedAt duration summary createdAt updatedAt`;

test('a cluster with all its steps costs at most 3 statements, a page of its events at most 2', async () => {
  const clusterId = await createCluster('busy');
  const steps = await startOperation(clusterId, 30, 300);
  await report(steps[0] as string, 250);

  const whole = await counted<{ cluster: { provisioningProgress: object[]; currentStep: { summary: string } } }>(
    `query ($id: ID!) { cluster(id: $id) { provisioningProgress { ${step} } currentStep { summary } } }`,
    { id: clusterId },
  );
  expect(whole.data.cluster.provisioningProgress).toHaveLength(30);
  expect(whole.data.cluster.currentStep.summary).toBe('Step 0 completed: 250 out of 300');
  expect(whole.statements).toBeLessThanOrEqual(3);

  const page = await counted<{ cluster: { events: { nodes: object[]; pageInfo: object } } }>(
    'query ($id: ID!) { cluster(id: $id) { events { nodes { id instanceName successful } pageInfo { hasNextPage } } } }',
    { id: clusterId },
  );
  expect(page.data.cluster.events.nodes).toHaveLength(100);
  expect(page.data.cluster.events.pageInfo).toEqual({ hasNextPage: true });
  expect(page.statements).toBeLessThanOrEqual(2);
});

test('50 clusters with their current steps and operations cost at most 3 statements', async () => {
  await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const [first] = await startOperation(await createCluster(`listed-${index}`), 2, 10);
      await report(first as string, 1);
    }),
  );
  const { data, statements } = await counted<{
    clusters: { nodes: { currentStep: object; currentOperation: object }[] };
  }>(
    `{ clusters(filter: { name: "listed-" }) { nodes { name currentStep { ${step} } currentOperation { id type } } } }`,
  );
  expect(data.clusters.nodes).toHaveLength(50);
  expect(data.clusters.nodes.every((node) => node.currentStep && node.currentOperation)).toBe(true);
  expect(statements).toBeLessThanOrEqual(3);
});

test('steps can be chosen by type and by operation', async () => {
  const clusterId = await createCluster('chosen');
  await startOperation(clusterId, 2, 1);
  const query = `query ($id: ID!, $other: ID!) {
    cluster(id: $id) {
      currentOperation { id progress steps { position } }
      creating: provisioningProgress(stepType: CREATING) { position }
      scaling: provisioningProgress(stepType: SCALING) { position }
      other: provisioningProgress(operationId: $other) { position }
    }
  }`;
  const { cluster } = await ask<{ cluster: object }>(app.url, query, { id: clusterId, other: crypto.randomUUID() });
  const both = [{ position: 0 }, { position: 1 }];
  expect(cluster).toMatchObject({
    currentOperation: { progress: 0, steps: both },
    creating: both,
    scaling: [],
    other: [],
  });
});

test('clusters come newest first, page after page, each once', async () => {
  for (const name of ['paged-1', 'paged-2', 'paged-3']) await createCluster(name);
  const query = `query ($after: String) {
    clusters(first: 2, after: $after, filter: { name: "paged-" }) { nodes { name } pageInfo { hasNextPage endCursor } }
  }`;
  type Page = { clusters: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
  const first = await ask<Page>(app.url, query);
  const second = await ask<Page>(app.url, query, { after: first.clusters.pageInfo.endCursor });
  const names = [first, second].flatMap(({ clusters }) => clusters.nodes.map((node) => node.name));
  expect(names).toEqual(['paged-3', 'paged-2', 'paged-1']);
  expect([first, second].map(({ clusters }) => clusters.pageInfo.hasNextPage)).toEqual([true, false]);
});

test('W8: a mutation shows what an earlier one of the same request has changed', async () => {
  const id = await createCluster('changed');
  const [stepId] = await startOperation(id, 1, 5);
  const seen = 'cluster { provisioningProgress { state } }';
  const query = `mutation ($id: ID!, $stepId: ID!) {
    before: updateCluster(input: { id: $id }) { ${seen} }
    startStep(input: { stepId: $stepId }) { step { state } }
    after: updateCluster(input: { id: $id }) { ${seen} }
  }`;
  expect(await ask(app.url, query, { id, stepId })).toEqual({
    before: { cluster: { provisioningProgress: [{ state: 'PENDING' }] } },
    startStep: { step: { state: 'RUNNING' } },
    after: { cluster: { provisioningProgress: [{ state: 'RUNNING' }] } },
  });
});

test('W9: what is not there is null, whatever its id looks like', async () => {
  const query = `query ($id: ID!, $text: String!) {
    cluster(id: $id) { id }
    plugin(name: $text) { name }
    eventsByErrorId(errorId: $text) { id }
  }`;
  for (const id of [crypto.randomUUID(), 'no uuid', '', 'nul \0', 'half a pair \ud800']) {
    expect(await ask(app.url, query, { id, text: id })).toEqual({ cluster: null, plugin: null, eventsByErrorId: [] });
  }
});

test('a page that cannot be is refused with a code', async () => {
  const codeOf = async (args: string) =>
    (await post(app.url, { query: `{ clusters(${args}) { nodes { id } } }` })).errors?.[0]?.extensions?.code;
  expect(await codeOf('first: 0')).toBe('BAD_USER_INPUT');
  expect(await codeOf('first: 501')).toBe('LIMIT_EXCEEDED');
  expect(await codeOf('after: "garbage"')).toBe('BAD_USER_INPUT');
});
