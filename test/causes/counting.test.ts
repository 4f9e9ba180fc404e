import { describe, expect, test } from 'vitest';
import { erase } from '../../src/domain/forget.js';
import { openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store/store.js';
import { ask, post } from '../graphql/ask.js';
import { only, present, server } from '../rules/fixture.js';
import { event } from '../support/api.js';
import { quiet } from '../support/database.js';
import { until } from '../support/wait.js';

const on = server();

interface Group {
  readonly message: string;
  readonly count: number;
  readonly units: number;
  readonly recovered: boolean;
}

const fields = 'message count units recovered';

async function groups<Wanted = Group>(stepId: string, wanted = fields, first = 20): Promise<Wanted[]> {
  const query = `query ($id: ID!, $first: Int) { node(id: $id) { ... on ClusterProvisionStep { errorGroups(first: $first) { ${wanted} } } } }`;
  return (await ask<{ node: { errorGroups: Wanted[] } }>(on.url, query, { id: stepId, first })).node.errorGroups;
}

const failure = (stepId: string, instanceId: string | null, eventInfo: string, more: object = {}) =>
  event(stepId, { successful: false, eventInfo, instanceId, ...more });

const refused = (n: number) => `dial tcp 10.0.0.${n}:22: connection refused`;
const message = 'dial tcp <ip>:22: connection refused';

async function step(total = 9) {
  const { clusterId, operationId, stepIds } = await on.running(
    { stepName: 'one', total },
    { stepName: 'two', total: 1 },
  );
  return { clusterId, operationId, stepId: only(stepIds.slice(0, 1)), next: present(stepIds[1]) };
}

test('C3: failures of one cause are one group, with what a reader needs to know of it', async () => {
  const { stepId } = await step();
  const first = failure(stepId, 'a', refused(1), { errorId: 'E-1', ageMs: 60_000 });
  await on.outcomes(first, failure(stepId, 'b', refused(2)), failure(stepId, 'c', 'disk is full'));
  const wanted = `${fields} id raisedIn firstSeenAt lastSeenAt knownCause { title } sample { id eventInfo errorId }`;
  const [group, other] = await groups<Group & { firstSeenAt: string; lastSeenAt: string; sample: object }>(
    stepId,
    wanted,
  );
  expect(group).toMatchObject({ message, count: 2, units: 2, recovered: false, raisedIn: null, knownCause: null });
  expect(group?.sample).toEqual({ id: first.id, eventInfo: refused(1), errorId: 'E-1' });
  expect(present(group).firstSeenAt <= present(group).lastSeenAt).toBe(true);
  expect(other).toMatchObject({ message: 'disk is full', units: 1 });
});

test('C3: a unit that is retried well no longer stands failed; its group stays, as recovered, and comes last', async () => {
  const { stepId } = await step();
  await on.outcomes(
    failure(stepId, 'a', refused(1)),
    failure(stepId, 'b', refused(2)),
    failure(stepId, 'c', 'disk is full'),
  );
  await on.outcomes(event(stepId, { instanceId: 'a' }));
  expect(await groups(stepId)).toEqual([
    { message, count: 2, units: 1, recovered: false },
    { message: 'disk is full', count: 1, units: 1, recovered: false },
  ]);
  await on.outcomes(event(stepId, { instanceId: 'b' }));
  expect(await groups(stepId)).toEqual([
    { message: 'disk is full', count: 1, units: 1, recovered: false },
    { message, count: 2, units: 0, recovered: true },
  ]);
});

test('C3: a unit that fails again stands failed once, of what it failed of last', async () => {
  const { stepId } = await step();
  await on.outcomes(failure(stepId, 'a', refused(1)), failure(stepId, 'a', refused(2)));
  expect(await groups(stepId)).toEqual([{ message, count: 2, units: 1, recovered: false }]);
  await on.outcomes(failure(stepId, 'a', 'disk is full'));
  expect(await groups(stepId)).toEqual([
    { message: 'disk is full', count: 1, units: 1, recovered: false },
    { message, count: 2, units: 0, recovered: true },
  ]);
});

test('C3, S5: a unit known by its name stands failed once when its id is learnt', async () => {
  const { stepId } = await step();
  await on.outcomes(event(stepId, { successful: false, instanceId: null, instanceName: 'web', eventInfo: refused(1) }));
  await on.outcomes(failure(stepId, 'a', refused(2), { instanceName: 'web' }));
  expect(await groups(stepId)).toEqual([{ message, count: 2, units: 1, recovered: false }]);
});

test('C3, S5b: a unit that is replaced no longer stands failed', async () => {
  const { stepId } = await step();
  await on.outcomes(failure(stepId, 'a', refused(1)));
  await on.outcomes(event(stepId, { instanceId: 'b', replacesInstanceId: 'a' }));
  expect(await groups(stepId)).toEqual([{ message, count: 1, units: 0, recovered: true }]);
});

describe("C3, S5a: the step's own failure", () => {
  test('counts as one, however often it is said', async () => {
    const { clusterId, stepId } = await step();
    await on.finishStep({ stepId, successful: false, eventInfo: 'no quota' });
    await on.finishStep({ stepId, successful: false, eventInfo: 'no quota' });
    await on.outcomes(failure(stepId, null, 'no quota'));
    expect(await groups(stepId)).toMatchObject([{ message: 'no quota', units: 1, recovered: false }]);
    expect(await on.step(clusterId)).toMatchObject({ failed: 1 });
  });

  test('recovers with the step', async () => {
    const { stepId } = await step(1);
    await on.finishStep({ stepId, successful: false, eventInfo: 'no quota' });
    await on.outcomes(event(stepId, { instanceId: null }));
    expect(await groups(stepId)).toEqual([{ message: 'no quota', count: 1, units: 0, recovered: true }]);
  });
});

test('C3, S8: a late failure counts for no cause, a duplicate counts once', async () => {
  const { stepId } = await step(1);
  const known = failure(stepId, 'a', refused(1));
  expect(await on.outcomes(known, known, event(stepId, { instanceId: 'a' }))).toEqual([
    'RECORDED',
    'DUPLICATE',
    'RECORDED',
  ]);
  expect(await on.outcomes(failure(stepId, 'b', 'disk is full'))).toEqual(['STEP_CLOSED']);
  expect(await groups(stepId)).toEqual([{ message, count: 1, units: 0, recovered: true }]);
});

test('C3, O7: an interruption that proved wrong is no failure any more', async () => {
  const { clusterId, operationId, stepId } = await step(2);
  await on.outcomes(event(stepId, { instanceId: 'a' }));
  const sql = `UPDATE cluster_operation SET lease_seconds = 60, lease_expires_at = now() - interval '1 s' WHERE id = $1`;
  await on.rows(sql, operationId);
  await until(async () => (await on.operations(clusterId))[0]?.state === 'INTERRUPTED');
  expect(await groups(stepId)).toMatchObject([
    { message: 'no report came for <n> s, the time the operation was leased for', units: 1 },
  ]);
  await on.heartbeat(operationId);
  expect(await groups(stepId)).toEqual([]);
});

test("C2: a reporter's fingerprint goes before the text, of a unit's failure and of the step's own", async () => {
  const { stepId } = await step();
  await on.outcomes(
    failure(stepId, 'a', refused(1), { fingerprint: 'quota' }),
    failure(stepId, 'b', 'disk is full', { fingerprint: 'quota' }),
    failure(stepId, 'c', 'quota'),
  );
  await on.finishStep({ stepId, successful: false, eventInfo: 'anything', fingerprint: 'quota' });
  expect(await groups(stepId)).toEqual([
    { message: 'quota', count: 3, units: 3, recovered: false },
    { message: 'quota', count: 1, units: 1, recovered: false },
  ]);
});

test('C4: the groups of an operation are those of its steps together', async () => {
  const { clusterId, stepId, next } = await step(1);
  await on.outcomes(
    failure(stepId, 'a', refused(1)),
    failure(next, 'a', refused(2)),
    failure(next, 'a', 'disk is full'),
  );
  const query = `query ($id: ID!) { cluster(id: $id) { currentOperation { errorGroups { ${fields} } } } }`;
  const { cluster } = await ask<{ cluster: { currentOperation: { errorGroups: Group[] } } }>(on.url, query, {
    id: clusterId,
  });
  expect(cluster.currentOperation.errorGroups).toEqual([
    { message, count: 2, units: 1, recovered: false },
    { message: 'disk is full', count: 1, units: 1, recovered: false },
  ]);
});

test('C4: groups of one cause have ids of their own in each step and operation, so that no cache takes one for another', async () => {
  const { stepId, operationId, next } = await step(1);
  await on.outcomes(failure(stepId, 'a', 'disk is full'), failure(next, 'a', 'disk is full'));
  const group = 'errorGroups { id }';
  const query = `query ($ids: [ID!]!) {
    nodes(ids: $ids) { ... on ClusterProvisionStep { ${group} } ... on ClusterOperation { ${group} } }
  }`;
  const { nodes } = await ask<{ nodes: { errorGroups: { id: string }[] }[] }>(on.url, query, {
    ids: [stepId, next, operationId],
  });
  const ids = nodes.flatMap(({ errorGroups }) => errorGroups.map(({ id }) => id));
  expect([ids.length, new Set(ids).size]).toEqual([3, 3]);
});

test('C4: the first so many groups are given', async () => {
  const { stepId } = await step();
  await on.outcomes(
    failure(stepId, 'a', 'disk is full'),
    failure(stepId, 'b', 'no quota'),
    failure(stepId, 'c', 'no quota'),
  );
  expect(await groups(stepId, 'message', 1)).toEqual([{ message: 'no quota' }]);
  const refusal = await post(on.url, {
    query: `{ node(id: "${stepId}") { ... on ClusterProvisionStep { errorGroups(first: 0) { id } } } }`,
  });
  expect(refusal.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('a fingerprint that is too long is refused, and what is refused counts for no cause', async () => {
  const { stepId } = await step();
  expect(await on.outcomes(failure(stepId, 'a', 'x', { fingerprint: 'x'.repeat(256) }))).toEqual(['BAD_USER_INPUT']);
  expect(await groups(stepId)).toEqual([]);
});

test('F2: causes are erased with the failures', async () => {
  const { operationId, stepId } = await step();
  await on.outcomes(failure(stepId, 'a', refused(1)));
  await on.finishOperation({ operationId, successful: false });
  const database = await openDatabase({ url: on.app.databaseUrl, dataDir: '', log: quiet });
  await erase({
    store: createStore({ database, notices: null, log: quiet }),
    eraseGraceSeconds: 600,
    retentionDays: 0,
  });
  await database.close();
  expect(await groups(stepId)).toEqual([]);
});
