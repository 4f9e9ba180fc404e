import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp } from '../support/app.js';
import { ask, post } from './ask.js';

let app: Awaited<ReturnType<typeof startApp>>;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const audits = (level: 'MUST' | 'SHOULD' | 'MAY') =>
  serverAudits({ url: () => `${app.url}/graphql` }).filter(({ name }) => name.startsWith(level));

describe('GraphQL over HTTP: every MUST', () => {
  test.each(audits('MUST'))('$name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' });
  });
});

/** As Apollo Server does: what was refused before anything ran has the status 400 for application/json, too. */
const unmet = [
  'SHOULD use 200 status code on document parsing failure when accepting application/json',
  'SHOULD use 200 status code on document validation failure when accepting application/json',
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json',
];

test('GraphQL over HTTP: every SHOULD but these', async () => {
  const results = await Promise.all(audits('SHOULD').map(({ fn }) => fn()));
  expect(results.length).toBeGreaterThan(10);
  expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual(unmet);
});

/** What was refused: the status, and of each error the code and the message. */
async function refused(...request: Parameters<typeof post> extends [string, ...infer Rest] ? Rest : never) {
  const { status, errors = [] } = await post(app.url, ...request);
  return [status, ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`)];
}

test('a body that is no JSON is refused', async () => {
  expect(await refused('{"query": ')).toEqual([
    400,
    'BAD_USER_INPUT: expected the body to be JSON, got text that is none',
  ]);
});

test('a body of another type is refused', async () => {
  expect(await refused('<a/>', { 'content-type': 'text/xml' })).toEqual([
    415,
    'BAD_USER_INPUT: expected a body of type application/json, got "text/xml"',
  ]);
});

test('a body that another site’s form could send is refused', async () => {
  expect(await refused('{ viewer { tenantId } }', { 'content-type': 'text/plain' })).toEqual([
    415,
    'BAD_USER_INPUT: expected a body of type application/json, got "text/plain"',
  ]);
});

test('a body of 10 MiB is refused, and the caller who still sends it sees why', async () => {
  const body = JSON.stringify({ query: '{ viewer { tenantId } }', variables: { eventInfo: 'x'.repeat(10 << 20) } });
  for (let round = 0; round < 10; round += 1) {
    expect(await refused(body)).toEqual([
      413,
      `LIMIT_EXCEEDED: expected a body of at most 8388608 bytes, got ${body.length}`,
    ]);
  }
});

test('several operations in one request are refused', async () => {
  expect(await refused('[{"query":"{viewer{tenantId}}"}]')).toEqual([400, expect.stringMatching(/^BAD_USER_INPUT: /)]);
});

test('a subscription by POST is answered with its first message', async () => {
  const query = 'subscription { clusterChanges { clusters { id } removed } }';
  expect(await ask(app.url, query)).toEqual({ clusterChanges: { clusters: [], removed: [] } });
});

test('a subscription that cannot be opened says why, by POST; by GET none is', async () => {
  const query = 'subscription ($id: ID!) { clusterProgress(clusterId: $id) { revision } }';
  const id = '6f0ad8f4-3c5f-4d0b-8dc2-0f7fb1d3a7a1';
  expect(await refused({ query, variables: { id } })).toEqual([
    200,
    `NOT_FOUND: expected the id of a cluster, got "${id}", which names none`,
  ]);
  expect(await refused({ query, variables: {} })).toEqual([400, expect.stringMatching(/^BAD_USER_INPUT: /)]);
  const response = await fetch(
    `${app.url}/graphql?query=${encodeURIComponent('subscription { clusterChanges { removed } }')}`,
  );
  expect(response.status).toBe(405);
});

test('a mutation by GET is refused', async () => {
  const query = encodeURIComponent('mutation { deleteCluster(input: { id: "a" }) { id } }');
  const response = await fetch(`${app.url}/graphql?query=${query}`, { headers: { 'apollo-require-preflight': 'yes' } });
  expect(response.status).toBe(405);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test('a path that is none says which there are', async () => {
  const response = await fetch(`${app.url}/nowhere`);
  expect(response.status).toBe(404);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
});

test('it is alive and ready', async () => {
  expect((await fetch(`${app.url}/livez`)).status).toBe(200);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
});

test('the caller is told who it is', async () => {
  expect(await ask(app.url, '{ viewer { tenantId roles } }')).toEqual({
    viewer: { tenantId: 'default', roles: ['VIEWER', 'REPORTER', 'ADMIN'] },
  });
});

test('tools can read the schema', async () => {
  const { __schema } = await ask<{ __schema: { types: { name: string }[] } }>(
    app.url,
    '{ __schema { types { name } } }',
  );
  expect(__schema.types.map((type) => type.name)).toContain('ClusterProvisionStep');
});
