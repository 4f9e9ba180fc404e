import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { logged } from '../reliability/recount.js';
import { event, ok, report } from '../support/api.js';
import { until } from '../support/wait.js';
import { only, server } from './fixture.js';
import { eventsOf, next } from './follow.js';

const on = server({ eraseGraceSeconds: 0, eraseIntervalSeconds: 1, readerTimeoutSeconds: 1 });

async function step(total: number) {
  const { clusterId, stepIds } = await on.running({ stepName: 'one', total }, { stepName: 'two', total: 900 });
  return { clusterId, stepIds: stepIds as [string, string], stepId: only(stepIds) };
}

/** Reports so many successes, and answers the ids of the events, in order. */
async function reported(stepId: string, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, () => event(stepId));
  await report(on.url, events);
  return events.map(({ id }) => id);
}

/** Reads until so many events have come: their ids, the last cursor, and how many messages said `reset`. */
async function read(live: ReturnType<typeof eventsOf>, count: number) {
  const all = { ids: [] as string[], cursor: '', messages: 0, resets: 0 };
  while (all.ids.length < count) {
    const { events, cursor, reset } = (await next(live)).clusterEvents;
    all.ids.push(...events.map(({ id }) => id));
    all.cursor = cursor;
    all.messages += 1;
    all.resets += Number(reset);
  }
  return all;
}

describe('W4: the log', () => {
  test('W4: every event comes once, in order: those that were there, page by page, and those that come', async () => {
    const { clusterId, stepId } = await step(5000);
    const ids = [...(await reported(stepId, 1000)), ...(await reported(stepId, 300))];
    const live = eventsOf(on.url, clusterId);
    const there = await read(live, 1300);
    expect(there).toMatchObject({ ids, resets: 0 });
    expect(there.messages).toBeGreaterThan(1);
    const more = [...(await reported(stepId, 700)), ...(await reported(stepId, 1))];
    expect(await read(live, 701)).toMatchObject({ ids: more, resets: 0 });
  });

  test('W4: given a cursor, a stream goes on from there', async () => {
    const { clusterId, stepId } = await step(5000);
    const [first] = await reported(stepId, 1);
    const { ids, cursor } = await read(eventsOf(on.url, clusterId), 1);
    expect(ids).toEqual([first]);
    const more = await reported(stepId, 600);
    const page = await read(eventsOf(on.url, clusterId, { after: cursor }), 1);
    const rest = await read(eventsOf(on.url, clusterId, { after: page.cursor }), 600 - page.ids.length);
    expect([...page.ids, ...rest.ids]).toEqual(more);
  });

  test('W4: of one step, or of failures only', async () => {
    const { clusterId, stepIds } = await step(1);
    const failure = event(stepIds[0], { successful: false });
    await report(on.url, [failure]);
    const [theOther] = await reported(stepIds[1], 1);
    expect(await read(eventsOf(on.url, clusterId, { stepId: stepIds[1] }), 1)).toMatchObject({ ids: [theOther] });
    expect(await read(eventsOf(on.url, clusterId, { successful: false }), 1)).toMatchObject({ ids: [failure.id] });
  });

  test('W4: where events after the cursor were erased, it says so once, and goes on', async () => {
    const { clusterId, stepIds } = await step(3);
    await reported(stepIds[0], 3);
    const after = await cursorOf(clusterId);
    await until(async () => (await on.events(clusterId)).length === 0);
    const kept = await reported(stepIds[1], 2);
    const live = eventsOf(on.url, clusterId, { after });
    expect(await read(live, 2)).toMatchObject({ ids: kept, resets: 1 });
    const later = await reported(stepIds[1], 1);
    expect(await read(live, 1)).toMatchObject({ ids: later, resets: 0 });
  });
});

test('W5: a socket that takes nothing is closed, and its reader may come back with its cursor', async () => {
  const { clusterId, stepId } = await step(5000);
  await reported(stepId, 1);
  const after = await cursorOf(clusterId);
  const frozen = await frozenReader(clusterId);
  const eventInfo = 'x'.repeat(65_536);
  for (let batch = 0; batch < 5; batch += 1) {
    await report(
      on.url,
      Array.from({ length: 100 }, () => event(stepId, { eventInfo })),
    );
  }
  // Whoever reads nothing learns from writing that the other end is gone. A pong asks for no answer, and says "alive".
  await until(() => {
    if (frozen.readyState === WebSocket.OPEN) frozen.pong();
    return frozen.readyState === WebSocket.CLOSED;
  });
  const log = (await logged(on.app.databaseUrl, clusterId)).slice(1);
  expect(await read(eventsOf(on.url, clusterId, { after }), 500)).toMatchObject({ ids: log, resets: 0 });
});

/** A reader of the whole log that has received its first message and then reads no more from its socket. */
async function frozenReader(clusterId: string): Promise<WebSocket> {
  const ws = new WebSocket(`${on.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const query = `subscription { clusterEvents(clusterId: "${clusterId}") { events { id eventInfo } } }`;
  ws.on('error', () => {});
  ws.on('open', () => ws.send('{"type":"connection_init"}'));
  await new Promise<void>((resolve) => {
    ws.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'connection_ack') ws.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
      if (type !== 'next') return;
      ws.pause();
      resolve();
    });
  });
  return ws;
}

/** The place of the first event. */
async function cursorOf(id: string): Promise<string> {
  const query = 'query ($id: ID!) { cluster(id: $id) { events(first: 1) { pageInfo { endCursor } } } }';
  const page = await ok<{ cluster: { events: { pageInfo: { endCursor: string } } } }, object>(on.url, query, { id });
  return page.cluster.events.pageInfo.endCursor;
}
