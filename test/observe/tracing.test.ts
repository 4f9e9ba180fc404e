import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Config } from '../../src/config.js';
import { post } from '../graphql/ask.js';
import { gateAt } from '../reliability/gate.js';
import { Raw } from '../reliability/raw.js';
import { endless } from '../reliability/work.js';
import { present } from '../rules/fixture.js';
import { eventsOf } from '../rules/follow.js';
import { createCluster, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { eventually } from '../support/wait.js';
import { type Span, startCollector } from './collector.js';

async function tracing(given: Partial<Config> = {}) {
  const collector = await startCollector();
  const app = await startApp({ tracing: { url: collector.url, serviceName: 'stepcast-test' }, ...given });
  onTestFinished(() => app.close());
  return { collector, app };
}

const traceparentOf = (trace: string, sampled = true) => `00-${trace.repeat(16)}-00000000000000ab-0${Number(sampled)}`;

const report = 'mutation Tell($input: ReportEventsInput!) { reportEvents(input: $input) { results { outcome } } }';
const inputOf = (stepId: string, more: object = {}) => ({
  input: { events: [{ id: crypto.randomUUID(), stepId, instanceId: 'one', successful: true, ...more }] },
});

const send = (url: string, stepId: string, traceparent: string) =>
  post(url, { query: report, variables: inputOf(stepId) }, { 'content-type': 'application/json', traceparent });

const child = (parent: Span, name: string | RegExp) => (span: Span) =>
  span.parentSpanId === parent.spanId && (typeof name === 'string' ? span.name === name : name.test(span.name));

test('a report is traced from the request to the frames that it leads to', async () => {
  const { collector, app } = await tracing();
  const { clusterId, stepId } = present((await endless(app.url, 1))[0]);
  const reader = eventsOf(app.url, clusterId);
  await reader.next();
  await send(app.url, stepId, traceparentOf('4b'));
  await reader.next();
  const request = await collector.find(
    ({ name, traceId }) => name === 'mutation reportEvents' && traceId === '4b'.repeat(16),
  );
  expect(request).toMatchObject({
    parentSpanId: '00000000000000ab',
    kind: 2,
    service: 'stepcast-test',
    attributes: {
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'Tell',
      'network.protocol.name': 'http',
      'stepcast.tenant.id': 'default',
    },
  });
  const transaction = await collector.find(child(request, 'transaction'));
  expect(transaction.attributes).toMatchObject({ 'stepcast.batch.reports': '1', 'stepcast.committed': 'true' });
  await collector.find(child(transaction, 'render events'));
  const sent = await collector.find(child(transaction, 'send'));
  expect(sent.attributes['stepcast.subscribers']).toBe('1');
});

test('a transaction for several requests is beneath the first, and linked to the others', async () => {
  const { collector, app } = await tracing();
  const { clusterId, stepId } = present((await endless(app.url, 1))[0]);
  const gate = await gateAt(app.databaseUrl, clusterId);
  const first = send(app.url, stepId, traceparentOf('11'));
  await gate.reached();
  const second = send(app.url, stepId, traceparentOf('22'));
  const third = send(app.url, stepId, traceparentOf('33'));
  await fetch(`${app.url}/livez`);
  await gate.open();
  await Promise.all([first, second, third]);
  const traces = ['22', '33'].map((trace) => trace.repeat(16)).sort();
  await eventually(() => {
    const linked = collector.spans
      .filter(({ name }) => name === 'transaction')
      .flatMap((span) => span.links.map((link) => [span.traceId, link.traceId].sort()));
    expect(linked).toEqual([traces]);
  });
});

test('what a caller does not sample is not traced; on a socket the extensions of an operation carry its trace', async () => {
  const { collector, app } = await tracing();
  const { stepId } = present((await endless(app.url, 1))[0]);
  await send(app.url, stepId, traceparentOf('55', false));
  const raw = await Raw.open(app.url);
  raw.ws.send(
    JSON.stringify({
      id: '1',
      type: 'subscribe',
      payload: { query: '{ viewer { tenantId } }', extensions: { traceparent: traceparentOf('66') } },
    }),
  );
  const span = await collector.find(({ traceId }) => traceId === '66'.repeat(16));
  expect(span).toMatchObject({ name: 'query viewer', attributes: { 'network.protocol.name': 'websocket' } });
  expect(collector.spans.filter(({ traceId }) => traceId === '55'.repeat(16))).toEqual([]);
});

test('an operation that has ended is a pipeline run, and its steps are its tasks, once for all servers', async () => {
  const { collector, app } = await tracing();
  const other = await tracing({ databaseUrl: app.databaseUrl });
  const { id: clusterId } = await createCluster(app.url, { name: 'mine' });
  const { id: operationId, steps } = await startOperation(app.url, clusterId, [
    { stepName: 'Making', total: 1 },
    { stepName: 'Joining', total: 2 },
    'Checking',
  ]);
  const [making, joining] = steps;
  await post(app.url, { query: report, variables: inputOf(present(making).id) });
  const eventInfo = 'ConnectionError: no route to postgres://me:hidden@db';
  await post(app.url, { query: report, variables: inputOf(present(joining).id, { successful: false, eventInfo }) });
  const finish =
    'mutation ($input: FinishOperationInput!) { finishOperation(input: $input) { operation { state startedAt completedAt } } }';
  const { data, errors } = await post<{ finishOperation: { operation: { startedAt: string; completedAt: string } } }>(
    app.url,
    {
      query: finish,
      variables: { input: { operationId, successful: false, reason: 'could not join' } },
    },
  );
  expect(errors).toBeUndefined();
  const { startedAt, completedAt } = present(data).finishOperation.operation;
  const run = await collector.find(({ attributes }) => attributes['cicd.pipeline.run.id'] === operationId);
  expect(run).toMatchObject({
    name: 'RUN infra CREATING',
    kind: 2,
    status: { code: 2, message: 'could not join' },
    attributes: { 'cicd.pipeline.result': 'failure', 'error.type': 'failed', 'stepcast.cluster.name': 'mine' },
    events: [{ name: 'exception', attributes: { 'exception.message': 'could not join' } }],
  });
  expect(Number(BigInt(run.startTimeUnixNano) / 1_000_000n)).toBe(Date.parse(startedAt));
  expect(Number(BigInt(run.endTimeUnixNano) / 1_000_000n)).toBe(Date.parse(completedAt));
  const tasks = await Promise.all(['Making', 'Joining', 'Checking'].map((name) => collector.find(child(run, name))));
  expect(tasks.map(({ attributes }) => attributes['cicd.pipeline.task.run.result'])).toEqual([
    'success',
    'failure',
    'skip',
  ]);
  const [, failed] = tasks;
  expect(failed?.events).toMatchObject([{ name: 'exception', attributes: { 'exception.type': 'failed' } }]);
  expect(failed?.events[0]?.attributes['exception.message']).toContain('ConnectionError');
  expect(JSON.stringify(collector.spans)).not.toContain('hidden');
  expect(new Set(tasks.map(({ traceId }) => traceId))).toEqual(new Set([run.traceId]));
  // What the other server does is traced; had it exported the run, that would have come before.
  await post(other.app.url, { query: '{ viewer { tenantId } }' });
  await other.collector.find(({ name }) => name === 'query viewer');
  expect(other.collector.spans.filter(({ attributes }) => 'cicd.pipeline.run.id' in attributes)).toEqual([]);
});

test('a receiver that is away costs nothing but its spans: work goes on, and the log says so', async () => {
  const app = await startApp({ tracing: { url: 'http://127.0.0.1:9/v1/traces', serviceName: 'x' } });
  const { stepId } = present((await endless(app.url, 1))[0]);
  expect((await send(app.url, stepId, traceparentOf('77'))).errors).toBeUndefined();
  await eventually(() =>
    expect(app.logged.map(({ msg }) => msg)).toContain('traces could not be sent, and are dropped: work goes on'),
  );
  await app.close();
});

test('what is still to be sent when a server stops is sent before it has stopped', async () => {
  const collector = await startCollector();
  const app = await startApp({ tracing: { url: collector.url, serviceName: 'stepcast-test' } });
  const { id: clusterId } = await createCluster(app.url);
  const { id: operationId } = await startOperation(app.url, clusterId, ['Making']);
  const cancel = 'mutation ($input: CancelOperationInput!) { cancelOperation(input: $input) { operation { state } } }';
  const { errors } = await post(app.url, { query: cancel, variables: { input: { operationId } } });
  expect(errors).toBeUndefined();
  await app.close();
  const run = collector.spans.find(({ attributes }) => attributes['cicd.pipeline.run.id'] === operationId);
  expect(run?.attributes).toMatchObject({ 'cicd.pipeline.result': 'cancellation' });
  expect(run?.status.code ?? 0).toBe(0);
});

test('nothing of OpenTelemetry is loaded where nothing is configured', () => {
  const source = join(import.meta.dirname, '../../src');
  const importing = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('observe/tracing/'))
    .filter((path) =>
      /^import [^;]*?from '(@opentelemetry|\.[^']*\/tracing\/)/m.test(readFileSync(join(source, path), 'utf8')),
    );
  expect(importing).toEqual([]);
});
