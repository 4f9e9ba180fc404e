import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Client,
  type ClusterFilter,
  type ClusterList,
  type ClusterListOptions,
  type ListedCluster,
  StepcastError,
} from '../../src/client/index.js';
import { eventually } from '../support/wait.js';
import { createClient, ending, reportInstances, restartable, takeUntil, untilStatus } from './fixture.js';

const namesOf = ({ clusters }: ClusterList) => clusters.map(({ name }) => name);
const create = (client: Client, ...names: string[]) => Promise.all(names.map((name) => client.createCluster({ name })));

/** All pages of a list, read now. */
async function readList(client: Client, wanted: ClusterListOptions): Promise<ListedCluster[]> {
  const found: ListedCluster[] = [];
  const { filter = null, orderBy = null } = wanted;
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Awaited<ReturnType<Client['clusters']>> = await client.clusters({
      first: 500,
      after,
      filter,
      orderBy,
    });
    found.push(...nodes);
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

test('W10: a list is followed: first as it is, then whenever a cluster comes, changes, or is deleted', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  await create(client, 'a', 'b');
  const following = ending(client.followClusters({ orderBy: { field: 'NAME', direction: 'DESC' } }));
  const { value: first } = await following.next();
  expect([namesOf(first), first.hasMore, first.changed, first.removed]).toEqual([
    ['b', 'a'],
    false,
    first.clusters,
    [],
  ]);
  expect(following.state.status).toBe('live');

  const [added] = await create(client, 'aa');
  const [withNew] = await takeUntil(following, ({ clusters }) => clusters.length === 3);
  expect([namesOf(withNew as ClusterList), withNew?.changed.map(({ name }) => name)]).toEqual([
    ['b', 'aa', 'a'],
    ['aa'],
  ]);

  const clusterId = added?.id as string;
  const operation = await client.startOperation({
    clusterId,
    type: 'CREATING',
    steps: [{ stepName: 'one', total: 2 }],
  });
  await reportInstances(client, operation?.steps[0]?.id as string, 0, 1);
  const states = await takeUntil(following, ({ clusters }) => clusters[1]?.currentStep?.completed === 1);
  expect(states.at(-1)?.clusters[1]).toMatchObject({ lastOperation: { state: 'RUNNING', progress: 0.5 } });
  expect(states.at(-1)?.changed.map(({ id }) => id)).toEqual([clusterId]);

  await client.deleteCluster({ id: clusterId });
  const [withoutIt] = (await takeUntil(following, ({ clusters }) => clusters.length === 2)).slice(-1);
  expect([withoutIt?.changed, withoutIt?.removed]).toEqual([[], [clusterId]]);
});

test('a cluster enters the list when it begins to match the filter, and leaves it when it does not any more', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const [one] = await create(client, 'one', 'other');
  const id = one?.id as string;
  const following = ending(client.followClusters({ filter: { running: true } }));
  expect((await following.next()).value).toEqual({ clusters: [], hasMore: false, changed: [], removed: [] });

  const operation = await client.startOperation({ clusterId: id, type: 'CREATING', steps: [] });
  const entered = await takeUntil(following, ({ clusters }) => clusters.length > 0);
  expect(entered.at(-1)).toMatchObject({ clusters: [{ id, currentOperation: { state: 'RUNNING' } }], removed: [] });
  await client.finishOperation({ operationId: operation?.id as string, successful: true });
  expect(await takeUntil(following, ({ clusters }) => clusters.length === 0)).toMatchObject([{ removed: [id] }]);
});

test('a list of limited length stays full: when one of its clusters goes, the next one is read', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const created = [];
  for (const name of ['a', 'b', 'c', 'd']) created.push(...(await create(client, name)));
  const following = ending(client.followClusters({ orderBy: { field: 'CREATED_AT', direction: 'ASC' }, limit: 2 }));
  const { value: first } = await following.next();
  expect([namesOf(first), first.hasMore]).toEqual([['a', 'b'], true]);
  await client.deleteCluster({ id: created[0]?.id as string });
  const lists = await takeUntil(following, (list) => namesOf(list).join() === 'b,c');
  expect(lists.at(-1)?.hasMore).toBe(true);
});

test('W2: a list is right again after a restart of the server, and says meanwhile how old it is', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const [gone] = await create(client, 'gone', 'stays');
  const following = ending(client.followClusters());
  const statuses: string[] = [following.state.status];
  following.onState(({ status }) => statuses.push(status));
  await takeUntil(following, ({ clusters }) => clusters.length === 2);
  await untilStatus(following, 'live');

  await server.stop();
  await untilStatus(following, 'stale');
  await server.start();
  await client.deleteCluster({ id: gone?.id as string });
  await create(client, 'new');
  const lists = await takeUntil(following, (list) => namesOf(list).join() === 'new,stays');
  await untilStatus(following, 'live');
  expect(statuses).toEqual(['connecting', 'catching-up', 'live', 'stale', 'catching-up', 'live']);
  // What has not changed meanwhile is not told anew.
  expect(lists.flatMap(({ changed }) => changed.map(({ name }) => name))).toEqual(['new']);
});

test('a consumer that was busy is given one list with all that changed, whatever came in between', async () => {
  const server = await restartable({ progressIntervalMs: 0 });
  const client = createClient({ url: server.url });
  const [one] = await create(client, 'one');
  const id = one?.id as string;
  const busy = ending(client.followClusters());
  const watching = ending(client.followClusters());
  await takeUntil(busy, () => true);
  for (let change = 1; change <= 50; change++) await client.updateCluster({ id, status: `${change}` });
  await takeUntil(watching, ({ clusters }) => clusters[0]?.status === '50');
  const lists = await takeUntil(busy, ({ clusters }) => clusters[0]?.status === '50');
  // Whatever was still on its way comes after; all that had come is one list.
  expect(lists.length).toBeLessThan(10);
});

test('what cannot be a list is refused: a limit at once, a filter by the iteration', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  for (const limit of [0, 10_001, 1.5, Number.NaN])
    expect(() => client.followClusters({ limit })).toThrow(
      `expected limit to be a whole number from 1 to 10000, got ${limit}`,
    );
  const following = client.followClusters({ filter: { status: Array.from({ length: 51 }, String) } });
  const error = await following.next().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StepcastError);
  expect(error).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

test('leaving while the list is being read ends it at once, and what follows is done', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const following = client.followClusters();
  const waiting = following.next();
  await untilStatus(following, 'catching-up');
  await following.return();
  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(await following.next()).toEqual({ done: true, value: undefined });
});

/** What a consumer has that only applies what it is told of. */
function applied(before: ReadonlyMap<string, number>, { changed, removed }: ClusterList): Map<string, number> {
  const after = new Map(before);
  for (const { id, revision } of changed) after.set(id, revision);
  for (const id of removed) after.delete(id);
  return after;
}

const revisions = ({ clusters }: Pick<ClusterList, 'clusters'>) =>
  new Map(clusters.map(({ id, revision }) => [id, revision]));

const options: fc.Arbitrary<ClusterListOptions & { limit: number }> = fc.record({
  filter: fc.constantFrom<ClusterFilter>({}, { status: ['Active'] }, { running: true }, { name: '7' }),
  orderBy: fc.record({
    field: fc.constantFrom('CREATED_AT' as const, 'UPDATED_AT' as const, 'NAME' as const),
    direction: fc.constantFrom('ASC' as const, 'DESC' as const),
  }),
  limit: fc.constantFrom(3, 600, 10_000),
});

/** Clusters that come, change, run and go, by several writers at once, until it is stopped. */
function busyWriters(client: Client, ids: string[]): { stop(): Promise<void> } {
  let going = true;
  const random = (below: number) => Math.floor(Math.random() * below);
  const write = async () => {
    while (going) {
      const id = ids[random(ids.length)] as string;
      const dice = random(10);
      if (dice === 0) {
        const added = await client.createCluster({ name: `added ${random(100)}` }).catch(unlessGone);
        if (added) ids.push(added.id);
      } else if (dice === 1 && ids.length > 500) {
        ids.splice(ids.indexOf(id), 1);
        await client.deleteCluster({ id }).catch(unlessGone);
      } else if (dice < 6) {
        await client.updateCluster({ id, status: ['Active', 'Waiting'][random(2)] as string }).catch(unlessGone);
      } else {
        const operation = await client
          .startOperation({ clusterId: id, type: 'CREATING', steps: [], supersede: true })
          .catch(unlessGone);
        if (operation && dice > 7)
          await client.finishOperation({ operationId: operation.id, successful: true }).catch(unlessGone);
      }
    }
  };
  const writers = Array.from({ length: 6 }, write);
  return {
    stop: async () => {
      going = false;
      await Promise.all(writers);
    },
  };
}

/** Another writer has deleted the cluster, or superseded the operation; or the machine is too busy just now. */
function unlessGone(error: unknown): null {
  if (error instanceof StepcastError && (error.retryable || ['NOT_FOUND', 'CONFLICT'].includes(error.code)))
    return null;
  throw error;
}

/** Follows a list, and checks each that comes: no longer than wanted, and the one before with what it tells of. */
function followed(client: Client, wanted: ClusterListOptions & { limit: number }) {
  const following = ending(client.followClusters(wanted));
  const seen: { last: ClusterList | null } = { last: null };
  const reading = (async () => {
    let told = new Map<string, number>();
    for await (const list of following) {
      told = applied(told, list);
      expect(told).toEqual(revisions(list));
      expect(list.clusters.length).toBeLessThanOrEqual(wanted.limit);
      seen.last = list;
    }
  })();
  return {
    isLive: () => Promise.race([reading, untilStatus(following, 'live')]),
    /** Resolves once the newest list is what the server answers. */
    isRight: async () => {
      await eventually(async () => {
        const truth = await readList(client, wanted);
        expect(seen.last?.clusters).toEqual(truth.slice(0, wanted.limit));
      }, 500);
      await following.return();
      await reading;
    },
  };
}

test('W2: followed while clusters come, change and go, and through a restart, a list ends as a fresh read of it', {
  timeout: 240_000,
}, async () => {
  const server = await restartable({ progressIntervalMs: 0 });
  const client = createClient({ url: server.url });
  const ids: string[] = [];
  // A few at a time: a request must not have to wait for a thousand others.
  while (ids.length < 1_100) {
    const names = Array.from({ length: 10 }, (_, index) => `cluster ${ids.length + index}`);
    ids.push(...(await create(client, ...names)).map(({ id }) => id));
  }
  const wanted = fc.sample(options, 8);

  const early = busyWriters(client, ids);
  const lists = wanted.slice(0, 4).map((one) => followed(client, one));
  await Promise.all(lists.map(({ isLive }) => isLive()));
  await early.stop();
  await server.stop();
  await server.start();
  const late = busyWriters(client, ids);
  lists.push(...wanted.slice(4).map((one) => followed(client, one)));
  await Promise.all(lists.map(({ isLive }) => isLive()));
  await late.stop();
  for (const list of lists) await list.isRight();
});

test('says where each cluster stands: the states of its steps, and when it will be done if that was asked for', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const [cluster] = await create(client, 'a');
  const operation = await client.startOperation({
    clusterId: cluster?.id as string,
    type: 'CREATING',
    steps: [{ stepName: 'one', total: 2 }, { stepName: 'two' }],
  });
  const { steps } = (await client.operation(operation?.id as string)) as { steps: { id: string }[] };
  await client.startStep({ stepId: steps[0]?.id as string });
  const [plain, estimated] = [ending(client.followClusters()), ending(client.followClusters({ estimates: true }))];
  const [one, other] = [(await plain.next()).value as ClusterList, (await estimated.next()).value as ClusterList];
  const states = ({ clusters }: ClusterList) => clusters[0]?.lastOperation?.steps.map(({ state }) => state);
  expect([states(one), states(other)]).toEqual([
    ['RUNNING', 'PENDING'],
    ['RUNNING', 'PENDING'],
  ]);
  expect([one, other].map(({ clusters }) => 'estimate' in (clusters[0]?.lastOperation ?? {}))).toEqual([false, true]);
  await client.finishOperation({ operationId: operation?.id as string, successful: false });
  const [ended] = await takeUntil(estimated, (list) => states(list)?.[0] === 'FAILED');
  expect(ended).toBeDefined();
});
