import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { follow } from '../../src/cli/follow.js';
import { plainScreen } from '../../src/cli/plain.js';
import { createClient, restartable, runningStep } from '../client/fixture.js';

/** Watches a cluster: how it ended, what was shown, and that something has been shown. */
async function watching(clusterId: string, url: string, options: { stay?: boolean; wait?: boolean } = {}) {
  const client = createClient({ url });
  const out = new PassThrough().setEncoding('utf8');
  const screen = plainScreen(out, client.clock);
  let shown = '';
  const seen = async (text: string) => {
    while (!shown.includes(text)) {
      await new Promise((resolve) => out.once('data', resolve));
    }
  };
  out.on('data', (text) => {
    shown += text;
  });
  const settings = { screen, stay: false, wait: false, ...options };
  const ended = follow(client, clusterId, settings).finally(screen.close);
  return { ended, seen, text: () => shown };
}

test('a cluster that is deleted while it is watched is said to be deleted', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId } = await runningStep(client, 5);
  const watch = await watching(clusterId, server.url);
  await watch.seen('▸ Waiting');
  await client.deleteCluster({ id: clusterId });
  expect(await watch.ended).toBe('DELETED');
  expect(watch.text()).toMatch(/\ncreating demo: interrupted in .+\ndemo was deleted\n$/);
});

test('a cluster that is deleted before anything began is said to be deleted, too', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { id } = await client.createCluster({ name: 'demo' });
  const watch = await watching(id, server.url, { stay: true });
  await watch.seen('waiting for an operation of demo');
  await client.deleteCluster({ id });
  expect(await watch.ended).toBe('DELETED');
  expect(watch.text()).toBe('… waiting for an operation of demo to begin\ndemo was deleted\n');
});

test('an operation that has ended is shown, or, if the next one is waited for, passed over', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 1);
  await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'a' }] });
  const last = await watching(clusterId, server.url);
  expect(await last.ended).toBe('SUCCEEDED');
  expect(last.text()).toMatch(/^creating demo\n✓ Waiting completed 1 out of 1 .+\ncreating demo: succeeded in .+\n$/);

  const next = await watching(clusterId, server.url, { wait: true });
  await next.seen('waiting for an operation');
  const scaling = await client.startOperation({ clusterId, type: 'SCALING', steps: [{ stepName: 'Adding' }] });
  await client.finishOperation({ operationId: scaling?.id ?? '', successful: false });
  expect(await next.ended).toBe('FAILED');
  expect(next.text()).not.toContain('creating');
  expect(next.text()).toContain('scaling demo: failed');
});

test('an operation that failed ends with the causes of which units stand failed, those of most units first', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, operationId, stepId } = await runningStep(client, 9);
  const failed = (instanceId: string, eventInfo: string) =>
    client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: false, instanceId, eventInfo }] });
  for (const [unit, text] of [
    ['a', 'disk 1 is full'],
    ['b', 'no quota'],
    ['c', 'disk 2 is full'],
    ['d', 'gone'],
  ] as const)
    await failed(unit, text);
  await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'd' }] });
  await client.finishOperation({ operationId, successful: false });
  const watch = await watching(clusterId, server.url);
  expect(await watch.ended).toBe('FAILED');
  expect(watch.text()).toContain('\nWhy it failed:\n  2 × disk <n> is full\n  1 × no quota\ncreating demo: failed in ');
});

test('with --wait, an operation that runs already is shown', async () => {
  const server = await restartable();
  const client = createClient({ url: server.url });
  const { clusterId, stepId } = await runningStep(client, 1);
  const watch = await watching(clusterId, server.url, { wait: true });
  await watch.seen('▸ Waiting');
  await client.reportEvents({ events: [{ id: crypto.randomUUID(), stepId, successful: true, instanceId: 'a' }] });
  expect(await watch.ended).toBe('SUCCEEDED');
});
