import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { UpdateClusterDocument } from '../../src/generated/client.js';
import { server } from '../rules/fixture.js';
import { createCluster, event, ok, report, startOperation } from '../support/api.js';
import { startApp } from '../support/app.js';
import { ask } from '../support/raw-http.js';
import { get } from './fixture.js';

const on = server();
const at = (path: string, ...headers: string[]) => get(on.url, `/v1.1/default/clusters${path}`, ...headers);

describe('the list of clusters', () => {
  test('is paged by limit and marker, newest first, each cluster once, with its steps', async () => {
    const app = await startApp();
    try {
      const ids: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        const { id } = await createCluster(app.url, { name: `cluster ${index}` });
        await startOperation(app.url, id, [`step of ${index}`]);
        ids.unshift(id);
      }
      const seen: { id: string; provisioning_progress: { cluster_id: string }[] }[] = [];
      const sizes = [];
      for (let marker: string | null = ''; marker !== null; ) {
        const from: string = marker && `&marker=${marker}`;
        const { body } = await get(app.url, `/v1.1/default/clusters?limit=2${from}`);
        seen.push(...body.clusters);
        sizes.push(body.clusters.length);
        marker = body.markers.next;
      }
      expect([seen.map(({ id }) => id), sizes]).toEqual([ids, [2, 2, 1]]);
      expect(seen.map((cluster) => cluster.provisioning_progress.map((step) => step.cluster_id))).toEqual(
        ids.map((id) => [id]),
      );
    } finally {
      await app.close();
    }
  });

  test('goes on behind a cluster that was deleted meanwhile', async () => {
    const [older, newer] = [await createCluster(on.url), await createCluster(on.url)];
    await on.deleteCluster(newer.id);
    expect((await at(`?limit=1&marker=${newer.id}`)).body.clusters[0].id).toBe(older.id);
    expect((await at('')).body.clusters.map(({ id }: { id: string }) => id)).not.toContain(newer.id);
  });

  test('a page ends where its texts come to 512 KiB', async () => {
    const app = await startApp();
    try {
      for (let index = 0; index < 12; index += 1) {
        const { id } = await createCluster(app.url);
        const input = { id, statusDescription: 'x'.repeat(60_000) };
        await ok(app.url, UpdateClusterDocument, { input });
      }
      const { clusters, markers } = (await get(app.url, '/v1.1/default/clusters')).body;
      expect([clusters.length, markers.next]).toEqual([9, clusters[8].id]);
    } finally {
      await app.close();
    }
  });

  test('a limit beyond 500 is 500', async () => expect((await at('?limit=99999999999999999999')).status).toBe(200));
});

describe('a cluster', () => {
  test('has its steps by created_at, those of later operations last', async () => {
    const { clusterId, operationId } = await on.running('first', 'second');
    await on.finishOperation({ operationId, successful: true });
    await startOperation(on.url, clusterId, ['third'], 'SCALING');
    const { cluster } = (await at(`/${clusterId}`)).body;
    expect(
      cluster.provisioning_progress.map((step: { step_name: string; step_type: string }) => [
        step.step_name,
        step.step_type,
      ]),
    ).toEqual([
      ['first', 'creating'],
      ['second', 'creating'],
      ['third', 'scaling'],
    ]);
  });

  test('with show_progress, as Sahara’s client sends it, Sahara’s steps have their events', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'first', total: 2 }, 'second');
    const failure = event(stepIds[0] as string, { successful: false, eventInfo: 'Traceback …' });
    await report(on.url, [event(stepIds[0] as string), failure]);
    for (const flag of ['True', 'true']) {
      const { cluster } = (await at(`/${clusterId}?show_progress=${flag}`)).body;
      const events = cluster.provision_progress.map((step: { events: object[] }) => step.events);
      expect(events).toEqual([[expect.anything(), expect.objectContaining({ id: failure.id })], []]);
      expect(cluster.provisioning_progress[0]).not.toHaveProperty('events');
    }
    const { cluster } = (await at(`/${clusterId}?show_progress=False`)).body;
    expect(cluster.provision_progress[0]).not.toHaveProperty('events');
  });

  test('with show_progress, the newest events are given, and of older ones the failures; what is left out is said', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'first', total: 3000 });
    const stepId = stepIds[0] as string;
    const oldest = [event(stepId), event(stepId, { successful: false, eventInfo: 'no route to host' })];
    const newest = Array.from({ length: 1000 }, () => event(stepId));
    await report(on.url, oldest);
    const whole = (await at(`/${clusterId}?show_progress=true`)).body.cluster;
    expect([whole.events_omitted, whole.provision_progress[0].events.length]).toEqual([false, 2]);
    await report(on.url, newest);
    const { events_omitted, provision_progress } = (await at(`/${clusterId}?show_progress=true`)).body.cluster;
    const ids = provision_progress[0].events.map(({ id }: { id: string }) => id);
    expect([events_omitted, ids]).toEqual([true, [oldest[1], ...newest].map((event) => event?.id)]);
  });

  test('is not sent again to who has it', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'first', total: 2 });
    const { etag = '', ...headers } = (await at(`/${clusterId}`)).headers;
    expect(headers['cache-control']).toBe('private, no-cache');
    for (const known of [etag, '*', `"other", ${etag}`, etag.replace('W/', '')]) {
      const answer = await at(`/${clusterId}`, `if-none-match: ${known}`);
      expect([answer.status, answer.body, answer.headers.etag]).toEqual([304, '', etag]);
    }
    await report(on.url, [event(stepIds[0] as string)]);
    const answer = await at(`/${clusterId}`, `if-none-match: ${etag}`);
    expect([answer.status, answer.body.cluster.provisioning_progress[0].completed]).toEqual([200, 1]);
    expect(answer.headers.etag).not.toBe(etag);
  });

  test('is compressed where that is accepted', async () => {
    const { clusterId } = await on.running('first', 'second', 'third');
    const lines = [`GET /v1.1/default/clusters/${clusterId} HTTP/1.1`, 'host: localhost', 'accept-encoding: br'];
    const { headers, body } = await ask(on.url, lines);
    expect(headers['content-encoding']).toBe('br');
    expect(JSON.parse(brotliDecompressSync(Buffer.from(body, 'latin1')).toString()).cluster.id).toBe(clusterId);
  });
});

describe('progress', () => {
  test('is empty before the first step has begun', async () => {
    const { id } = await createCluster(on.url);
    expect((await at(`/${id}/progress`)).body).toEqual({ events: [], markers: { next: null } });
  });

  test('is the log of the current step, or of the one that is named, by pages', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'first', total: 3 }, { stepName: 'second', total: 2 });
    const [first = '', second = ''] = stepIds;
    const events = [event(first), event(first), event(first), event(second)];
    await report(on.url, events);
    const idsAt = async (path: string) => {
      const { body } = await at(`/${clusterId}/progress${path}`);
      return [body.events.map(({ id }: { id: string }) => id), body.markers.next];
    };
    expect(await idsAt('')).toEqual([[events[3]?.id], null]);
    const [page, next] = await idsAt(`?provision_step_id=${first}&limit=2`);
    expect(page).toEqual([events[0]?.id, events[1]?.id]);
    expect(await idsAt(`?provision_step_id=${first}&limit=2&marker=${next}`)).toEqual([[events[2]?.id], null]);
  });

  test('a page ends where its texts come to 512 KiB', async () => {
    const { clusterId, stepIds } = await on.running({ stepName: 'first', total: 20 });
    const eventInfo = 'x'.repeat(60_000);
    await report(
      on.url,
      Array.from({ length: 12 }, () => event(stepIds[0] as string, { successful: false, eventInfo })),
    );
    const { body } = await at(`/${clusterId}/progress`);
    expect(body.events.length).toBe(9);
    const rest = await at(`/${clusterId}/progress?marker=${body.markers.next}`);
    expect([rest.body.events.length, rest.body.markers.next]).toEqual([3, null]);
  });
});
