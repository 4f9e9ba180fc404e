import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, printSchema } from 'graphql';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClusterRow, EventRow, OperationRow, StepRow } from '../../src/storage/store/rows.js';
import { ago, seed } from '../storage/seed.js';
import { startApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { ask, post } from './ask.js';

let app: Awaited<ReturnType<typeof startApp>>;
let pool: pg.Pool;
let rows: ReturnType<typeof seed>;
let there: Tree;
let gone: Tree;

interface Tree {
  readonly cluster: ClusterRow;
  readonly operation: OperationRow;
  readonly step: StepRow;
  readonly event: EventRow;
}

async function tree(row: Partial<ClusterRow>, errorId: string): Promise<Tree> {
  const cluster = await rows.cluster({ tenant_id: 'default', ...row });
  const operation = await rows.operation(cluster, { state: 'FAILED' });
  const step = await rows.step(operation, { state: 'FAILED' });
  const event = await rows.event(step, { successful: false, error_id: errorId, event_info: 'Traceback', revision: 7 });
  return { cluster, operation, step, event };
}

beforeAll(async () => {
  app = await startApp();
  pool = openPool({ connectionString: app.databaseUrl });
  rows = seed(pool);
  there = await tree({ name: 'b-there', plugin_name: 'spark', created_at: ago(30) }, 'E-1');
  gone = await tree({ name: 'gone', deleted_at: ago(5) }, 'E-1');
  await rows.plugin({ tenant_id: 'default', name: 'spark' });
  const runs = await rows.cluster({ tenant_id: 'default', name: 'a-runs', created_at: ago(20), status: '50%' });
  await rows.operation(runs, { number: 1, state: 'FAILED' });
  await rows.operation(runs, { number: 2, state: 'RUNNING', type: 'SCALING' });
  await rows.cluster({ tenant_id: 'default', name: 'c-new', created_at: ago(10) });
});
afterAll(async () => {
  await pool?.end();
  await app?.close();
});

const refusal = async (query: string, variables: object = {}) => {
  const { errors = [] } = await post(app.url, { query, variables });
  return errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`);
};

test('the schema that the running server gives is described, and DateTime says what specifies it', async () => {
  const schema = await ask<IntrospectionQuery>(
    app.url,
    getIntrospectionQuery({ specifiedByUrl: true, schemaDescription: true }),
  );
  const printed = printSchema(buildClientSchema(schema));
  expect(printed).toContain(
    'scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time.html")',
  );
  expect(printed).toMatch(/^"""The event log and live progress of cluster provisioning\."""\nschema/);
  expect(printed).toMatch(/A moment, as RFC 3339 text[^"]*"""\nscalar DateTime/);
});

describe('nodes', () => {
  const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';

  test('of every type are found by their ids, in the order given', async () => {
    const { cluster, operation, step, event } = there;
    const ids = [
      event.id,
      'plugin:spark',
      step.id,
      operation.id,
      crypto.randomUUID(),
      cluster.id,
      'no uuid',
      'plugin:no',
    ];
    const { nodes } = await ask<{ nodes: ({ __typename: string } | null)[] }>(app.url, query, { ids });
    const types = ['ClusterEvent', 'Plugin', 'ClusterProvisionStep', 'ClusterOperation', null, 'Cluster', null, null];
    expect(nodes.map((node) => node?.__typename ?? null)).toEqual(types);
    const { node } = await ask<{ node: object }>(
      app.url,
      `{ node(id: "${event.id}") { ... on ClusterEvent { eventInfo } } }`,
    );
    expect(node).toEqual({ eventInfo: 'Traceback' });
  });

  test('beneath a deleted cluster are hidden with it', async () => {
    const ids = [gone.cluster.id, gone.operation.id, gone.step.id, gone.event.id];
    expect(await ask(app.url, query, { ids })).toEqual({ nodes: [null, null, null, null] });
  });

  test('are at most 100', async () => {
    const ids = Array.from({ length: 101 }, () => crypto.randomUUID());
    expect(await refusal(query, { ids })).toEqual(['LIMIT_EXCEEDED: expected at most 100 ids, got 101']);
  });

  test('lead to what they belong to', async () => {
    const { events } = await ask<{ events: object[] }>(
      app.url,
      `{ events: eventsByErrorId(errorId: "E-1") { step { id operation { id number cluster { id lastOperation { id } plugin { id } } } } } }`,
    );
    expect(events).toContainEqual({
      step: {
        id: there.step.id,
        operation: {
          id: there.operation.id,
          number: 1,
          cluster: { id: there.cluster.id, lastOperation: { id: there.operation.id }, plugin: { id: 'plugin:spark' } },
        },
      },
    });
  });
});

describe('F3: the log of a deleted cluster', () => {
  const log = 'id deletedAt events { nodes { id } }';
  const known = () => ({
    id: gone.cluster.id,
    deletedAt: gone.cluster.deleted_at,
    events: { nodes: [{ id: gone.event.id }] },
  });
  test('is read by who asks for deleted clusters', async () => {
    const { clusters } = await ask<{ clusters: object }>(
      app.url,
      `{ clusters(filter: { deleted: true }) { nodes { ${log} } } }`,
    );
    expect(clusters).toEqual({ nodes: [JSON.parse(JSON.stringify(known()))] });
  });
  test('is read by who has an error id', async () => {
    const { events } = await ask<{ events: object[] }>(
      app.url,
      `{ events: eventsByErrorId(errorId: "E-1", first: 9) { cluster { ${log} } } }`,
    );
    expect(events).toHaveLength(2);
    expect(events).toContainEqual({ cluster: JSON.parse(JSON.stringify(known())) });
  });
  test('is no part of the failures of all clusters', async () => {
    const { failures } = await ask<{ failures: object }>(
      app.url,
      '{ failures { nodes { id } pageInfo { hasNextPage } } }',
    );
    expect(failures).toEqual({ nodes: [{ id: there.event.id }], pageInfo: { hasNextPage: false } });
    const since = new Date(Date.now() + 60_000);
    expect(
      await ask(app.url, 'query ($since: DateTime) { failures(since: $since) { nodes { id } } }', { since }),
    ).toEqual({
      failures: { nodes: [] },
    });
  });
});

describe('clusters', () => {
  const names = async (args: string) => {
    const { clusters } = await ask<{ clusters: { nodes: { name: string }[] } }>(
      app.url,
      `{ clusters(${args}) { nodes { name } } }`,
    );
    return clusters.nodes.map(({ name }) => name).join(' ');
  };
  test.each([
    ['state: [FAILED]', 'b-there'],
    ['state: [RUNNING, SUCCEEDED]', 'a-runs'],
    ['type: SCALING', 'a-runs'],
    ['running: false', 'c-new b-there'],
    ['pluginName: ["spark", "."]', 'b-there'],
    ['status: ["50%"]', 'a-runs'],
    ['status: [".*"]', ''],
    ['name: ".*"', ''],
    ['ids: []', ''],
    ['ids: ["no uuid"]', ''],
    ['updatedSince: "2014-10-29T12:36:59Z"', 'c-new a-runs b-there'],
    ['updatedSince: "2999-10-29T12:36:59.5+02:00"', ''],
    ['state: null, type: null, deleted: null, updatedSince: null', 'c-new a-runs b-there'],
  ])('that match %s', async (filter, wanted) => expect(await names(`filter: { ${filter} }`)).toBe(wanted));

  test.each([
    ['NAME', 'ASC', ['a-runs', 'b-there', 'c-new']],
    ['NAME', 'DESC', ['c-new', 'b-there', 'a-runs']],
    ['CREATED_AT', 'ASC', ['b-there', 'a-runs', 'c-new']],
    ['CREATED_AT', 'DESC', ['c-new', 'a-runs', 'b-there']],
  ])('ordered by %s %s, page by page, from either end', async (field, direction, wanted) => {
    type Info = { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
    type Page = { clusters: { nodes: { name: string }[]; pageInfo: Info } };
    const page = `nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`;
    const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
      clusters(first: $first, after: $after, last: $last, before: $before, orderBy: { field: ${field}, direction: ${direction} }) { ${page} }
    }`;
    const read = async (args: object) => {
      const { clusters } = await ask<Page>(app.url, query, args);
      return { ...clusters.pageInfo, names: clusters.nodes.map(({ name }) => name) };
    };
    const one = await read({ first: 2 });
    const two = await read({ first: 2, after: one.endCursor });
    expect([...one.names, ...two.names]).toEqual(wanted);
    expect([one.hasNextPage, two.hasNextPage, two.hasPreviousPage]).toEqual([true, false, true]);
    const end = await read({ last: 2 });
    const start = await read({ last: 2, before: end.startCursor });
    expect([...start.names, ...end.names]).toEqual(wanted);
    expect([end.hasPreviousPage, start.hasPreviousPage]).toEqual([true, false]);
  });

  test('are counted by kind, of those that match', async () => {
    const counts = 'all running failed idle';
    expect(
      await ask(
        app.url,
        `{ all: clusterCounts { ${counts} } some: clusterCounts(filter: { name: "-n" }) { ${counts} } }`,
      ),
    ).toEqual({
      all: { all: 3, running: 1, failed: 1, idle: 2 },
      some: { all: 1, running: 0, failed: 0, idle: 1 },
    });
  });
});

describe('bad input', () => {
  test('is refused with what was expected', async () => {
    const { clusters } = await ask<{ clusters: { pageInfo: { endCursor: string } } }>(
      app.url,
      '{ clusters { pageInfo { endCursor } } }',
    );
    const cursor = clusters.pageInfo.endCursor;
    const page = (args: string) => refusal(`{ clusters(${args}) { nodes { id } } }`);
    expect(await page('first: 1, last: 1')).toEqual([
      'BAD_USER_INPUT: expected first or last, got both: first 1 and last 1',
    ]);
    expect(await page('last: 0')).toEqual(['BAD_USER_INPUT: expected last to be a whole number from 1 to 500, got 0']);
    expect(await page('last: 501')).toEqual(['LIMIT_EXCEEDED: expected last to be at most 500, got 501']);
    expect(await page(`after: "${cursor}", orderBy: { field: NAME, direction: ASC }`)).toEqual([
      expect.stringMatching(/^BAD_USER_INPUT: expected after to be a cursor of a list of clusters by NAME ASC, got /),
    ]);
    expect(await page('before: "x"')).toEqual([
      expect.stringMatching(/^BAD_USER_INPUT: expected before to be a cursor/),
    ]);
    const ids = Array.from({ length: 10_000 }, () => crypto.randomUUID());
    expect(
      await refusal('query ($f: ClusterFilter) { clusters(filter: $f) { nodes { id } } }', { f: { ids } }),
    ).toEqual(['LIMIT_EXCEEDED: expected at most 1000 ids, got 10000']);
  });

  test.each(['', 'yesterday', '2014-10-29', '2014-02-30T00:00:00Z', '2014-10-29T12:36:59', '0000-01-01T00:00:00Z', 5])(
    'a DateTime is refused when it is %j',
    async (time) => {
      const query = 'query ($since: DateTime) { failures(since: $since) { nodes { id } } }';
      expect(await refusal(query, { since: time })).toEqual([
        `BAD_USER_INPUT: expected a DateTime such as 2014-10-29T12:36:59.329Z, got ${JSON.stringify(time)}`,
      ]);
    },
  );

  test('a text to look for has at most 1000 characters', async () => {
    const query =
      'query ($f: EventFilter) { cluster(id: "x") { id } clusters { nodes { events(filter: $f) { nodes { id } } } } }';
    expect((await refusal(query, { f: { text: 'x'.repeat(1001) } }))[0]).toBe(
      'LIMIT_EXCEEDED: expected text in the filter of at most 1000 characters, got 1001',
    );
  });
});

test('what the first mutation of a document did is answered when the second is refused', async () => {
  const { data, errors } = await post<Record<string, object | null>>(app.url, {
    query: `mutation {
      createCluster(input: { name: "kept" }) { cluster { name } query { viewer { id tenantId } } }
      deleteCluster(input: { id: "none" }) { id }
    }`,
  });
  expect(data).toEqual({
    createCluster: { cluster: { name: 'kept' }, query: { viewer: { id: 'viewer:default', tenantId: 'default' } } },
    deleteCluster: null,
  });
  expect(errors).toMatchObject([{ path: ['deleteCluster'], extensions: { code: 'NOT_FOUND' } }]);
});

test('the server says what it is, and the time by the database’s clock', async () => {
  const { server } = await ask<{ server: { version: string; eventLog: boolean; time: string } }>(
    app.url,
    '{ server { version eventLog time } }',
  );
  expect(server).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/), eventLog: true });
  const { rows: now } = await pool.query('SELECT now() >= $1 AS passed', [server.time]);
  expect(now[0].passed).toBe(true);
});
