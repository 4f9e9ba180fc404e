import { expect, test } from 'vitest';
import { only, server } from '../rules/fixture.js';
import { event } from '../support/api.js';
import { ask } from './ask.js';

const on = server();

interface Unit {
  readonly key: string;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
  readonly state: string;
  readonly reports: number;
  readonly lastFailure: { readonly eventInfo: string } | null;
}

const query = `query ($id: ID!, $filter: UnitFilter, $orderBy: UnitOrder, $first: Int, $after: String) {
  node(id: $id) { ... on ClusterProvisionStep { units(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { key instanceId instanceName state reports lastFailure { eventInfo } } pageInfo { hasNextPage endCursor }
  } } }
}`;

async function units(id: string, wanted: object = {}) {
  const { node } = await ask<{
    node: { units: { nodes: Unit[]; pageInfo: { hasNextPage: boolean; endCursor: string } } };
  }>(on.url, query, { id, ...wanted });
  return node.units;
}

/** A name whose id is learnt late, a failure that was retried well, one that stands, and a machine that was replaced. */
async function provisioned() {
  const { stepIds } = await on.running({ stepName: 'Waiting for ssh', total: 9 });
  const stepId = only(stepIds);
  await on.outcomes(
    event(stepId, { instanceId: null, instanceName: 'w1' }),
    event(stepId, { instanceId: 'i-1', instanceName: 'w1' }),
    event(stepId, { instanceId: 'i-2', instanceName: 'w2', successful: false, eventInfo: 'refused' }),
    event(stepId, { instanceId: 'i-2', instanceName: 'w2' }),
    event(stepId, { instanceId: 'i-3', instanceName: 'w3', successful: false, eventInfo: 'no quota' }),
    event(stepId, { instanceId: 'i-4', instanceName: 'w3', replacesInstanceId: 'i-3' }),
    event(stepId, { instanceId: null, instanceName: 'w5', successful: false, eventInfo: 'timed out' }),
  );
  return stepId;
}

test('S5, S5b: the units of a step, by key, each as it was last reported of', async () => {
  const { nodes } = await units(await provisioned());
  expect(nodes).toMatchObject([
    { instanceId: 'i-1', instanceName: 'w1', state: 'SUCCEEDED', reports: 2, lastFailure: null },
    { instanceId: 'i-2', instanceName: 'w2', state: 'SUCCEEDED', reports: 2, lastFailure: { eventInfo: 'refused' } },
    { instanceId: 'i-3', state: 'REPLACED', reports: 1, lastFailure: { eventInfo: 'no quota' } },
    { instanceId: 'i-4', instanceName: 'w3', state: 'SUCCEEDED', reports: 1 },
    { instanceId: null, instanceName: 'w5', state: 'FAILED', lastFailure: { eventInfo: 'timed out' } },
  ]);
});

test('they are filtered by state and by a part of their ids and names, whose wildcards mean themselves', async () => {
  const stepId = await provisioned();
  const names = async (filter: object) => (await units(stepId, { filter })).nodes.map(({ key }) => key);
  expect(await names({ state: 'FAILED' })).toHaveLength(1);
  expect(await names({ text: 'W3' })).toEqual(['i:i-3', 'i:i-4']);
  expect(await names({ text: '%' })).toEqual([]);
  expect(await names({ nodeGroupId: 'none' })).toEqual([]);
});

test.each(['KEY', 'LAST_REPORT_OLDEST_FIRST'])('they are paged by %s without one missed or twice', async (orderBy) => {
  const stepId = await provisioned();
  const all = (await units(stepId, { orderBy })).nodes;
  const paged: Unit[] = [];
  for (let after: string | null = null, more = true; more; ) {
    const page: Awaited<ReturnType<typeof units>> = await units(stepId, { orderBy, first: 2, after });
    paged.push(...page.nodes);
    after = page.pageInfo.endCursor;
    more = page.pageInfo.hasNextPage;
  }
  expect(paged).toEqual(all);
  expect(all).toHaveLength(5);
});
