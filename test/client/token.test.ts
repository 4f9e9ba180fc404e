import { expect, test } from 'vitest';
import { StepcastError } from '../../src/client/index.js';
import { until } from '../support/wait.js';
import {
  authenticating,
  createClient,
  ending,
  reportInstances,
  runningStep,
  takeUntil,
  untilStatus,
} from './fixture.js';

/** A server that takes the tokens of an issuer, and a client whose token is what `held` has. */
async function stage() {
  const server = await authenticating();
  const held: { token: string | undefined } = { token: await server.token() };
  const asked: (string | undefined)[] = [];
  const client = createClient({
    url: server.url,
    token: () => {
      asked.push(held.token);
      return held.token;
    },
  });
  return { server, client, held, asked };
}

test('a token that ends while it is followed: another is asked for, and every event comes once', async () => {
  const { server, client } = await stage();
  const { clusterId, stepId } = await runningStep(client, 100);
  let asked = 0;
  const reader = createClient({
    url: server.url,
    token: () => {
      asked += 1;
      return server.token({ seconds: 2 });
    },
  });
  const following = ending(reader.followEvents({ clusterId }));
  const ids: string[] = [];
  const reported: string[] = [];
  const states: string[] = [];
  following.onState(({ status }) => states.push(status));
  for (let round = 0; round < 3; round++) {
    reported.push(...(await reportInstances(client, stepId, round * 10, 10)));
    await takeUntil(following, ({ events }) => ids.push(...events.map(({ id }) => id)) >= reported.length);
    const before = asked;
    await until(() => asked > before);
  }
  expect(ids).toEqual(reported);
  expect(states).toContain('live');
  expect(states).not.toContain('signed-out');
});

test('a token that is refused: followers say so, keep their place, and go on with another', async () => {
  const { server, client, held } = await stage();
  const { clusterId, stepId } = await runningStep(client, 100);
  const reporting = createClient({ url: server.url, token: await server.token() });
  const [log, list] = [ending(client.followEvents({ clusterId })), ending(client.followClusters())];
  const first = await reportInstances(reporting, stepId, 0, 5);
  const ids: string[] = [];
  const seen = (wanted: number) => takeUntil(log, ({ events }) => ids.push(...events.map(({ id }) => id)) >= wanted);
  await seen(5);
  await untilStatus(list, 'live');

  held.token = await server.token({ seconds: -60 });
  await server.stop();
  await server.start();
  await Promise.all([untilStatus(log, 'signed-out'), untilStatus(list, 'signed-out')]);
  await expect(client.plugins()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  const second = await reportInstances(reporting, stepId, 5, 5);
  const late = ending(client.followProgress({ clusterId }));
  await untilStatus(late, 'signed-out');

  held.token = await server.token();
  client.reconnect();
  await seen(10);
  expect(ids).toEqual([...first, ...second]);
  await Promise.all([untilStatus(log, 'live'), untilStatus(list, 'live'), untilStatus(late, 'live')]);
});

test('a function that has no token is signed out, until it has one', async () => {
  const { server, client, held } = await stage();
  held.token = undefined;
  const following = ending(client.followClusters());
  await untilStatus(following, 'signed-out');
  held.token = await server.token();
  client.reconnect();
  await untilStatus(following, 'live');
});

test('a token that is not a function, and refused, is the end: in words', async () => {
  const { server, client } = await stage();
  const { clusterId } = await runningStep(client, 1);
  for (const [token, words] of [
    [await server.token({ seconds: -60 }), 'the server does not accept the token'],
    [undefined, 'the server expects a token'],
  ] as const) {
    const refused = createClient({ url: server.url, ...(token && { token }) });
    await expect(refused.cluster(clusterId)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    for (const following of [refused.followProgress({ clusterId }), refused.followClusters()])
      await expect(following.next()).rejects.toMatchObject({
        code: 'UNAUTHENTICATED',
        message: expect.stringContaining(words),
      });
  }
});

test('a token that is not a function ends a following when it ends', async () => {
  const { server, client } = await stage();
  const { clusterId } = await runningStep(client, 1);
  const reader = createClient({ url: server.url, token: await server.token({ seconds: 2 }) });
  const following = ending(reader.followProgress({ clusterId }));
  await following.next();
  await expect(following.next()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a request whose token has just ended is made again with a fresh one, once', async () => {
  const { server } = await stage();
  const tokens = [await server.token({ seconds: -60 }), await server.token()];
  const client = createClient({ url: server.url, token: () => tokens.shift() });
  expect((await client.createCluster({ name: 'demo' })).name).toBe('demo');
  expect(tokens).toEqual([]);
});

test('reports are kept while the token is refused, which is told at once, and arrive with another one', async () => {
  const { server, client, held } = await stage();
  const { id: clusterId } = await client.createCluster({ name: 'demo' });
  held.token = await server.token({ seconds: -60 });
  const notices: string[] = [];
  const problems: Error[] = [];
  const reporter = client.reporter({
    onNotice: (notice) => notices.push(notice),
    onProblem: (problem) => problems.push(problem),
  });
  const operation = reporter.startOperation({
    clusterId,
    type: 'CREATING',
    steps: [{ stepName: 'Waiting', total: 1 }],
  });
  operation.finish({ successful: true });
  await until(() => notices.length > 0);
  expect(notices[0]).toMatch(
    /^the server does not accept the token since .*; what is reported is kept and sent later$/,
  );

  held.token = await server.token();
  expect(await reporter.flush(60_000)).toBe(0);
  expect(problems).toEqual([]);
  const good = createClient({ url: server.url, token: await server.token() });
  expect((await good.operations({ clusterId })).nodes).toMatchObject([{ state: 'SUCCEEDED' }]);
});

test('what a token function rejects with is told, and is no end', async () => {
  const { server } = await stage();
  const client = createClient({ url: server.url, token: () => Promise.reject(new Error('the vault is sealed')) });
  const error = await client.plugins().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(StepcastError);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', retryable: true });
  expect(error.message).toBe('cannot get a token: the vault is sealed');
});
