import { expect, onTestFinished, test } from 'vitest';
import { createKeyStore } from '../../src/storage/store/key-store.js';
import { apiKey, tokenOf } from '../auth/credentials.js';
import { Raw } from '../reliability/raw.js';
import { startApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { startIssuer } from '../support/issuer.js';
import { createClient, ending, reportInstances, runningStep, takeUntil, untilStatus } from './fixture.js';

function keyStoreOf(connectionString: string) {
  const pool = openPool({ connectionString });
  onTestFinished(() => pool.end());
  return createKeyStore(pool);
}

/** A server that takes API keys and the tokens of an issuer, and a client that reports to it. */
async function serving() {
  const issuer = await startIssuer();
  const app = await startApp({ auth: { mode: 'on', jwt: issuer.options, oidc: null } });
  onTestFinished(() => app.close());
  const url = `${app.url}/graphql`;
  const reporting = (await tokenOf(issuer, 'default', 'REPORTER')).replace('Bearer ', '');
  const client = createClient({ url, token: () => reporting });
  return { issuer, app, url, client, ...(await runningStep(client, 1_000_000)) };
}

test('A4, W2: tokens that expire while it is followed: with fresh ones, every event comes once and in order', async () => {
  const { issuer, url, client, clusterId, stepId } = await serving();
  let tokens = 0;
  const token = () => {
    tokens += 1;
    return issuer.token({ exp: Math.ceil(Date.now() / 1000) + 1, roles: ['VIEWER'] });
  };
  const following = ending(createClient({ url, token }).followEvents({ clusterId }));
  const [reported, seen]: [string[], string[]] = [[], []];
  while (tokens < 4) {
    reported.push(...(await reportInstances(client, stepId, reported.length, 1)));
    await takeUntil(following, ({ events }) => seen.push(...events.map(({ id }) => id)) >= reported.length);
  }
  expect(seen).toEqual(reported);
});

test('A4, W2: a key that is revoked while it is followed by: with another one, every event comes once and in order', async () => {
  const { app, url, client, clusterId, stepId } = await serving();
  const store = keyStoreOf(app.databaseUrl);
  const [one, other] = [await apiKey(store, 'default', 'VIEWER'), await apiKey(store, 'default', 'VIEWER')];
  let current = one;
  const token = () => current.authorization.replace('Bearer ', '');
  const following = ending(createClient({ url, token }).followEvents({ clusterId }));
  const [reported, seen]: [string[], string[]] = [[], []];
  const report = async () => {
    reported.push(...(await reportInstances(client, stepId, reported.length, 5)));
    await takeUntil(following, ({ events }) => seen.push(...events.map(({ id }) => id)) >= reported.length);
  };
  await report();
  await untilStatus(following, 'live');
  const ended = untilStatus(following, 'stale');
  current = other;
  await store.revokeKey(one.id);
  await ended;
  await report();
  expect(seen).toEqual(reported);
});

test('A4: a revoked key ends the socket that it opened, with 4403, and no other', async () => {
  const { app, url, clusterId } = await serving();
  const store = keyStoreOf(app.databaseUrl);
  const [one, other] = [await apiKey(store, 'default', 'VIEWER'), await apiKey(store, 'default', 'VIEWER')];
  const [ended, open] = [await Raw.open(app.url, one.authorization), await Raw.open(app.url, other.authorization)];
  const query = 'subscription ($id: ID!) { clusterProgress(clusterId: $id) { revision } }';
  for (const raw of [ended, open]) {
    raw.subscribe('1', query, { id: clusterId });
    await raw.find(({ type }) => type === 'next');
  }
  await store.revokeKey(one.id);
  expect(await ended.closed).toBe(4403);
  open.subscribe('2', '{ viewer { tenantId } }');
  await open.find(({ id, type }) => id === '2' && type === 'next');
  const refused = await fetch(`${url}?query={viewer{tenantId}}`, { headers: { authorization: one.authorization } });
  expect(refused.status).toBe(401);
});
