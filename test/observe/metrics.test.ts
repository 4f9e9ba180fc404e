import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { post } from '../graphql/ask.js';
import { Raw } from '../reliability/raw.js';
import { endless } from '../reliability/work.js';
import { eventsOf } from '../rules/follow.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/wait.js';
import { declaredIn, samplesOf, scrape } from './exposition.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp({ metrics: { host: '127.0.0.1', port: 0 } });
});
afterAll(() => app.close());

const samples = async () => samplesOf(await scrape(app.url));

const report = (stepId: string) =>
  post(app.url, {
    query: 'mutation ($input: ReportEventsInput!) { reportEvents(input: $input) { results { outcome } } }',
    variables: {
      input: { events: [{ id: crypto.randomUUID(), stepId, instanceId: crypto.randomUUID(), successful: true }] },
    },
  });

test('counts root fields by their outcome, on both transports, each once and by no name of the caller', async () => {
  const before = await samples();
  const query =
    '{ a: viewer { tenantId } viewer { tenantId } cluster(id: "none") { id } ...F } fragment F on Query { b: viewer { roles } }';
  await post(app.url, { query });
  await post(app.url, { query: '{ clusters(first: 100000) { nodes { id } } }' });
  await post(app.url, { query: `query ${'Evil'.repeat(20)} { viewer { nothing } }` });
  await post(app.url, '{}');
  const raw = await Raw.open(app.url);
  raw.subscribe('1', '{ viewer { tenantId } }');
  await raw.find(({ id, type }) => id === '1' && type === 'complete');
  const after = await eventually(async () => {
    const now = await samples();
    const name = 'stepcast_operations_total{transport="websocket",type="query",field="viewer",code="OK"}';
    expect(now.get(name)).toBe((before.get(name) ?? 0) + 1);
    return now;
  });
  const grown = (labels: string) => {
    const name = `stepcast_operations_total{${labels}}`;
    return (after.get(name) ?? 0) - (before.get(name) ?? 0);
  };
  expect(grown('transport="http",type="query",field="viewer",code="OK"')).toBe(1);
  expect(grown('transport="http",type="query",field="cluster",code="OK"')).toBe(1);
  expect(grown('transport="http",type="none",field="none",code="BAD_USER_INPUT"')).toBeGreaterThanOrEqual(2);
  expect([...after.keys()].join()).not.toMatch(/Evil|nothing/);
});

test('counts what is written, followed and sent', async () => {
  const [work] = await endless(app.url, 1);
  if (!work) throw new Error('expected a cluster, got none');
  const before = await samples();
  const reader = eventsOf(app.url, work.clusterId);
  await reader.next();
  await report(work.stepId);
  await reader.until(({ clusterEvents }) => clusterEvents.events.length > 0);
  const after = await samples();
  const grown = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  expect(after.get('stepcast_subscribers')).toBe(1);
  expect(after.get('stepcast_groups')).toBe(1);
  expect(after.get('stepcast_cluster_feeds')).toBe(1);
  expect(after.get('stepcast_websockets')).toBeGreaterThanOrEqual(1);
  expect(grown('stepcast_transaction_seconds_count{outcome="committed"}')).toBe(1);
  expect(grown('stepcast_batch_reports_sum')).toBe(1);
  expect(grown('stepcast_messages_rendered_total{stream="events"}')).toBeGreaterThanOrEqual(1);
  expect(grown('stepcast_messages_sent_total')).toBeGreaterThanOrEqual(1);
  expect(grown('stepcast_feed_lag_seconds_count')).toBe(1);
  expect(after.get('stepcast_database_connections{pool="writers",state="idle"}')).toBeGreaterThanOrEqual(1);
  await reader.close();
  await eventually(async () => expect((await samples()).get('stepcast_subscribers')).toBe(0));
});

test('routes are patterns: neither ids nor paths that are not served become labels', async () => {
  await fetch(`${app.url}/secret/${crypto.randomUUID()}`);
  await fetch(`${app.url}/livez`);
  await fetch(`${app.url}/v1.1/clusters/${crypto.randomUUID()}`, { method: 'DELETE' });
  const text = await scrape(app.url);
  expect(text).toContain('stepcast_http_answers_total{method="GET",route="none",status="404"}');
  expect(text).toContain('stepcast_http_answers_total{method="GET",route="/livez",status="200"}');
  expect(text).not.toMatch(/secret|[\da-f]{8}-[\da-f]{4}/);
});

test('each limit is counted by its name, and what is no limit of a caller is not', async () => {
  const limits = { ...readConfig({}).limits, subscribedNodes: 1 };
  const own = await startApp({ limits, metrics: { host: '127.0.0.1', port: 0 } });
  onTestFinished(() => own.close());
  const raw = await Raw.open(own.url);
  for (const id of ['1', '2']) raw.subscribe(id, 'subscription { clusterChanges { removed } }');
  await raw.find(({ id, type }) => id === '2' && type === 'error');
  await post(own.url, { query: '{ clusters(first: 100000) { nodes { id } } }' });
  // A second connection_init: the protocol's own code, 4429, has nothing to do with limits.
  raw.send({ type: 'connection_init' });
  expect(await raw.closed).toBe(4429);
  const samples = samplesOf(await scrape(own.url));
  const hits = [...samples].filter(([name, count]) => name.startsWith('stepcast_limit_hits_total') && count > 0);
  expect(hits).toEqual([['stepcast_limit_hits_total{limit="subscribed_nodes"}', 1]]);
});

test('docs/observability.md has each metric, and no other', async () => {
  const document = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
  const documented = [...document.matchAll(/^\| `((?:stepcast|process|nodejs)_\w+)`/gm)].map(([, name]) => name);
  expect(documented.sort()).toEqual(declaredIn(await scrape(app.url)));
});

test('several servers in a process share nothing', async () => {
  const other = await startApp({ databaseUrl: app.databaseUrl });
  try {
    await post(other.url, { query: '{ viewer { tenantId } }' });
    const mine = samplesOf(await scrape(other.url));
    expect(mine.get('stepcast_operations_total{transport="http",type="query",field="viewer",code="OK"}')).toBe(1);
  } finally {
    await other.close();
  }
});
