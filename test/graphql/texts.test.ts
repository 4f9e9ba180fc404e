import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from '../storage/seed.js';
import { startApp } from '../support/app.js';
import { openPool } from '../support/database.js';
import { type Answer, post } from './ask.js';

const events = 500;
const bytes = 65_536;

let app: Awaited<ReturnType<typeof startApp>>;
let clusterId: string;

/** A cluster whose log is failures of 64 KiB: 32 MiB of text. */
beforeAll(async () => {
  app = await startApp();
  const pool = openPool({ connectionString: app.databaseUrl });
  const rows = seed(pool);
  const cluster = await rows.cluster({ tenant_id: 'default' });
  const step = await rows.step(await rows.operation(cluster));
  await pool.query(
    `INSERT INTO cluster_event SELECT tenant_id, gen_random_uuid(), cluster_id, provision_step_id, NULL, NULL, NULL, repeat('x', $2), false,
       NULL, n, now(), now(), false, false, now() FROM generate_series(1, $3) AS n,
       (SELECT tenant_id, cluster_id, id AS provision_step_id FROM cluster_provision_step WHERE id = $1) AS step`,
    [step.id, bytes, events],
  );
  await pool.end();
  clusterId = cluster.id;
});
afterAll(() => app.close());

interface Page {
  readonly nodes: readonly { readonly id: string; readonly eventInfo?: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

const read = (fields: string): Promise<Answer<{ cluster: Record<string, Page | null> }>> =>
  post(app.url, { query: `query ($id: ID!) { cluster(id: $id) { ${fields} } }`, variables: { id: clusterId } });
const page = 'pageInfo { hasNextPage endCursor }';

test('a page ends when its texts come to 512 KiB, and leads on to the rest: none is missing, none comes twice', async () => {
  const ids = new Set<string>();
  const start = await read(`events(first: 440) { ${page} }`);
  let cursor = start.data?.cluster.events?.pageInfo.endCursor;
  for (let more = true; more; ) {
    const { data } = await read(`events(first: 500, after: "${cursor}") { nodes { id eventInfo } ${page} }`);
    const { nodes = [], pageInfo } = data?.cluster.events ?? {};
    expect(nodes.length).toBeGreaterThan(0);
    expect(nodes.length).toBeLessThanOrEqual(8);
    for (const { id } of nodes) ids.add(id);
    more = pageInfo?.hasNextPage ?? false;
    cursor = pageInfo?.endCursor;
  }
  expect(ids.size).toBe(events - 440);
});

test('a page whose texts are not selected is as long as it is asked for', async () => {
  const { data } = await read(`events(first: 500) { nodes { id } ${page} }`);
  expect(data?.cluster.events?.nodes).toHaveLength(500);
  expect(data?.cluster.events?.pageInfo.hasNextPage).toBe(false);
});

test('a request answers at most 8 MiB of texts: fields beyond are refused, the others are there', async () => {
  const fields = Array.from({ length: 20 }, (_, i) => `a${i}: events(first: ${480 + i}) { nodes { eventInfo } }`);
  const { data, errors } = await read(fields.join(' '));
  const texts = Object.values(data?.cluster ?? {}).flatMap((page) => page?.nodes ?? []);
  const size = texts.reduce((sum, node) => sum + (node?.eventInfo?.length ?? 0), 0);
  expect(size).toBeGreaterThan(0);
  expect(size).toBeLessThanOrEqual(8 * 1024 * 1024);
  expect(new Set(errors?.map(({ extensions }) => extensions?.code))).toEqual(new Set(['LIMIT_EXCEEDED']));
  expect(errors?.[0]?.message).toMatch(/^expected at most 8388608 bytes of texts/);
});

test('first: null is as if it was not given', async () => {
  const { data } = await read(`events(first: null) { nodes { id } } operations(first: null) { nodes { id } }`);
  expect(data?.cluster.events?.nodes).toHaveLength(100);
  const list = await post<{ clusters: Page }>(app.url, {
    query: 'query ($first: Int) { clusters(first: $first) { nodes { id } } }',
    variables: { first: null },
  });
  expect(list.data?.clusters.nodes).toHaveLength(1);
});

test('a filter has at most 50 statuses', async () => {
  const { errors } = await post(app.url, {
    query: 'query ($filter: ClusterFilter) { clusters(filter: $filter) { nodes { id } } }',
    variables: { filter: { status: new Array(51).fill('a') } },
  });
  expect(errors?.[0]).toMatchObject({
    message: 'expected at most 50 statuses in the filter, got 51',
    extensions: { code: 'LIMIT_EXCEEDED' },
  });
});
