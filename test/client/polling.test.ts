import { expect, test } from 'vitest';
import type { ClusterList } from '../../src/client/index.js';
import { serveHttp } from '../support/http.js';
import { barrier } from './barrier.js';
import { createClient, ending, reportInstances, restartable, runningStep, takeUntil, untilStatus } from './fixture.js';

/** A server, and a client that reaches it through a proxy that lets no websocket through. */
async function behind() {
  const server = await restartable();
  const direct = createClient({ url: server.url });
  const between = await barrier(server.url);
  return { server, direct, between, client: createClient({ url: between.url }) };
}

test('W1: behind a proxy that lets no websocket through, a state is polled, and says so; then followed, without a repeat', async () => {
  const { direct, between, client } = await behind();
  const { clusterId, stepId } = await runningStep(direct, 20);
  const following = ending(client.followProgress({ clusterId }));
  const statuses: string[] = [following.state.status];
  following.onState(({ status }) => statuses.push(status));
  const completed = (wanted: number) => takeUntil(following, ({ steps }) => steps[0]?.completed === wanted);

  await untilStatus(following, 'polling');
  await reportInstances(direct, stepId, 0, 10);
  const before = await completed(10);
  expect(following.state.status).toBe('polling');
  between.isOpen = true;
  await untilStatus(following, 'live');
  await reportInstances(direct, stepId, 10, 5);
  const after = await completed(15);
  between.isOpen = false;
  await untilStatus(following, 'polling');
  await reportInstances(direct, stepId, 15, 5);
  const last = await completed(20);

  const revisions = [...before, ...after, ...last].map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  expect(statuses.slice(0, 2)).toEqual(['connecting', 'polling']);
  expect(statuses.filter((status, i) => status === 'live' || statuses[i - 1] === 'live')).toEqual(['live', 'stale']);
});

test('W4: a log is polled, every event once and in order, also by a consumer that is slow', async () => {
  const { direct, client } = await behind();
  const { clusterId, stepId } = await runningStep(direct, 3000);
  const reported: string[] = [];
  for (const from of [0, 1000]) reported.push(...(await reportInstances(direct, stepId, from, 1000)));
  const following = ending(client.followEvents({ clusterId }));
  await untilStatus(following, 'catching-up');
  const ids: string[] = [];
  const readAll = () =>
    takeUntil(following, ({ events }) => ids.push(...events.map(({ id }) => id)) >= reported.length);
  await readAll();
  await untilStatus(following, 'polling');
  reported.push(...(await reportInstances(direct, stepId, 2000, 1000)));
  await readAll();
  expect(ids).toEqual(reported);
});

test('W10: a list of clusters is polled', async () => {
  const { direct, client } = await behind();
  await direct.createCluster({ name: 'a' });
  const following = ending(client.followClusters({ orderBy: { field: 'NAME', direction: 'ASC' } }));
  const names = ({ clusters }: ClusterList) => clusters.map(({ name }) => name).join();
  await takeUntil(following, (list) => names(list) === 'a');
  await untilStatus(following, 'polling');
  const { id } = await direct.createCluster({ name: 'b' });
  await takeUntil(following, (list) => names(list) === 'a,b');
  await direct.deleteCluster({ id });
  const lists = await takeUntil(following, (list) => names(list) === 'a');
  expect(lists.at(-1)?.removed).toEqual([id]);
});

test('W12: the units of a step are polled: once all of them, then what has changed', async () => {
  const { direct, client } = await behind();
  const { stepId } = await runningStep(direct, 3000);
  for (const from of [0, 1000]) await reportInstances(direct, stepId, from, 1000);
  const following = ending(client.followUnits({ stepId }));
  const { value: first } = await following.next();
  expect([first.units.length, first.changed]).toEqual([2000, null]);
  await reportInstances(direct, stepId, 2000, 10);
  const { value: second } = await following.next();
  expect([second.units.length, second.changed?.length]).toEqual([2010, 10]);
});

test('W7: what is deleted while it is polled ends, and what never was there is refused', async () => {
  const { direct, client } = await behind();
  const { clusterId } = await runningStep(direct, 20);
  const following = ending(client.followProgress({ clusterId }));
  await following.next();
  await direct.deleteCluster({ id: clusterId });
  while (!(await following.next()).done);
  await expect(client.followProgress({ clusterId }).next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('W11: a server that answers no more is not polled but stale, and polled again when it is back', async () => {
  const { direct, server, client } = await behind();
  const { clusterId } = await runningStep(direct, 20);
  const following = ending(client.followProgress({ clusterId }));
  await untilStatus(following, 'polling');
  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  await untilStatus(following, 'polling');
});

test('W11: while the database cannot be reached, nothing is answered from memory', async () => {
  const { url } = await serveHttp({ ready: () => false });
  const client = createClient({ url: (await barrier(`${url}/graphql`)).url });
  const following = ending(client.followChanges());
  await client.viewer();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'subscription { clusterChanges { removed } }' }),
  });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }] });
  expect(following.state.status).toBe('connecting');
});
