import { describe, expect, onTestFinished, test } from 'vitest';
import { ClusterProgressDocument, EventsByErrorIdDocument, ReportEventsDocument } from '../../src/generated/client.js';
import { createCluster, event, ok, open, post, report } from '../support/api.js';
import { only, present, refusal, server } from './fixture.js';

const on = server();

/** A step of so many units. */
async function step(total: number | null = 9) {
  const { clusterId, stepIds } = await on.running({ stepName: 'Waiting for ssh', total });
  return { clusterId, stepId: only(stepIds) };
}

describe('E1: stored whole and in order', () => {
  test('E1: each event has its own place in the cluster’s revision, in the order reported', async () => {
    const { clusterId, stepId } = await step(900);
    const batches = Array.from({ length: 30 }, () => Array.from({ length: 5 }, () => event(stepId)));
    await Promise.all(batches.map((batch) => report(on.url, batch)));
    const sql = 'SELECT id, revision FROM cluster_event WHERE cluster_id = $1 ORDER BY revision';
    const stored = await on.rows<{ id: string; revision: number }>(sql, clusterId);
    const last = (await on.cluster(clusterId)).revision;
    expect(stored.map(({ revision }) => revision)).toEqual(stored.map((_, index) => last - stored.length + 1 + index));
    const order = stored.map(({ id }) => id);
    expect((await on.events(clusterId)).map(({ id }) => id)).toEqual(order);
    for (const batch of batches) {
      const ids = batch.map(({ id }) => id);
      expect(order.filter((id) => ids.includes(id))).toEqual(ids);
    }
  });

  test('E1: the reporter and the followers are told after the commit', async () => {
    const { clusterId, stepId } = await step(900);
    const stored = () => on.rows('SELECT FROM cluster_event WHERE cluster_id = $1', clusterId);
    const live = open(on.url, ClusterProgressDocument, { clusterId });
    onTestFinished(() => live.close());
    await live.next();
    for (let told = 1; told <= 20; told += 1) {
      const reported = report(on.url, [event(stepId)]).then(stored);
      await live.next();
      expect(await stored()).toHaveLength(told);
      expect(await reported).toHaveLength(told);
    }
  });

  test('E1: what an event says is stored as it was said', async () => {
    const { clusterId, stepId } = await step();
    const said = event(stepId, {
      nodeGroupId: 'workers',
      instanceId: 'i-1',
      instanceName: 'worker-ü-🙂',
      successful: false,
      eventInfo: ' Traceback:\n\t"quoted" \\ <b>bold</b>\r\n ',
      errorId: 'e-1',
    });
    await report(on.url, [said]);
    const { stepId: provisionStepId, ...rest } = said;
    const times = { occurredAt: expect.any(String), createdAt: expect.any(String), updatedAt: expect.any(String) };
    const marks = { late: false, withdrawn: false };
    expect(await on.events(clusterId)).toEqual([{ ...rest, ...times, ...marks, clusterId, provisionStepId }]);
  });
});

describe('E2: the same id again', () => {
  test('E2: it is a duplicate of the same step, refused of another, and changes nothing, whatever else it says', async () => {
    const { clusterId, stepId } = await step();
    const other = await step();
    const first = event(stepId);
    await on.outcomes(first);
    const before = [await on.cluster(clusterId), await on.events(clusterId), await on.cluster(other.clusterId)];
    expect(
      await on.outcomes(
        first,
        { ...first, id: first.id.toUpperCase() },
        { ...first, successful: false, instanceId: 'another' },
        { ...first, stepId: other.stepId },
        { ...first, stepId: crypto.randomUUID() },
      ),
    ).toEqual(['DUPLICATE', 'DUPLICATE', 'DUPLICATE', 'CONFLICT', 'NOT_FOUND']);
    const after = [await on.cluster(clusterId), await on.events(clusterId), await on.cluster(other.clusterId)];
    expect(after).toEqual(before);
  });

  test('E2: twice in one call, and in many calls at once, it is recorded once', async () => {
    const { clusterId, stepId } = await step();
    const twice = event(stepId);
    expect(await on.outcomes(twice, twice)).toEqual(['RECORDED', 'DUPLICATE']);
    const often = event(stepId);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => on.outcomes(often)));
    expect(outcomes.flat().sort()).toEqual([...Array(19).fill('DUPLICATE'), 'RECORDED']);
    expect(await on.events(clusterId)).toHaveLength(2);
  });

  test('E2: an id whose event was rejected may be used again', async () => {
    const { stepId } = await step();
    const long = event(stepId, { instanceId: 'x'.repeat(256) });
    expect(await on.outcomes(long)).toEqual(['BAD_USER_INPUT']);
    expect(await on.outcomes({ ...long, instanceId: 'x' })).toEqual(['RECORDED']);
  });
});

describe('E3: outcomes', () => {
  test('E3: of 1000 events each gets its own, in order; good ones are recorded although others are not', async () => {
    const { clusterId, stepId } = await step(900);
    const known = event(stepId);
    await report(on.url, [known]);
    const bad = [
      event(stepId, { id: 'no UUID' }),
      event('no UUID'),
      event(crypto.randomUUID()),
      event(stepId, { instanceName: 'x'.repeat(256) }),
      known,
    ];
    const events = Array.from({ length: 1000 }, (_, index) =>
      index % 10 < bad.length ? present(bad[index % 10]) : event(stepId),
    );
    const { results, steps } = await report(on.url, events);
    expect(results.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    const outcomes = ['BAD_USER_INPUT', 'BAD_USER_INPUT', 'NOT_FOUND', 'BAD_USER_INPUT', 'DUPLICATE'];
    expect(results.map(({ outcome, code }) => code ?? outcome)).toEqual(
      events.map((_, index) => outcomes[index % 10] ?? 'RECORDED'),
    );
    expect(steps).toMatchObject([{ id: stepId, completed: 501 }]);
    expect(await on.step(clusterId)).toMatchObject({ completed: 501, failed: 0 });
  });

  test('E3: 1001 events are refused as a whole', async () => {
    const { clusterId, stepId } = await step(null);
    const input = { events: Array.from({ length: 1001 }, () => event(stepId)) };
    expect(await refusal(post(on.url, ReportEventsDocument, { input }))).toBe(
      'LIMIT_EXCEEDED: expected at most 1000 events, got 1001',
    );
    expect(await on.events(clusterId)).toEqual([]);
  });
});

test('E4: an event may have a name and a node group and no instance id, or none of the three', async () => {
  const { clusterId, stepId } = await step();
  const early = { instanceId: null, instanceName: 'worker-1', nodeGroupId: 'workers' };
  const wide = { instanceId: null, instanceName: null, nodeGroupId: null };
  expect(await on.outcomes(event(stepId, early), event(stepId, wide))).toEqual(['RECORDED', 'RECORDED']);
  expect(await on.events(clusterId)).toMatchObject([early, wide]);
});

describe('E5: failures', () => {
  test('E5: one has the reporter’s error id, or one that the server makes; a success has none', async () => {
    const { clusterId, stepId } = await step();
    await report(on.url, [
      event(stepId, { successful: false, errorId: 'e-1' }),
      event(stepId, { successful: false }),
      event(stepId, { errorId: 'e-2' }),
    ]);
    const made = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect((await on.events(clusterId)).map(({ errorId }) => errorId)).toEqual(['e-1', made, null]);
  });

  test('E5: the server logs it at level error with the same id, cluster, step and instance; it is found by the id', async () => {
    const { clusterId, stepId } = await step();
    const failure = event(stepId, { successful: false, instanceName: 'worker-1' });
    await report(on.url, [failure]);
    const { errorId } = present((await on.events(clusterId))[0]);
    const { instanceId, instanceName } = failure;
    const lines = on.app.logged.filter((line) => line.errorId === errorId);
    expect(lines).toMatchObject([{ level: 50, clusterId, stepId, instanceId, instanceName }]);
    const found = await ok(on.url, EventsByErrorIdDocument, { errorId: present(errorId) });
    expect(found.eventsByErrorId).toMatchObject([{ id: failure.id, clusterId }]);
  });

  test('E5: the failure that the server records itself is logged too', async () => {
    const { clusterId, operationId } = await on.running('one');
    await on.startStep((await on.step(clusterId)).id);
    await on.finishOperation({ operationId, successful: false });
    const { errorId } = present((await on.events(clusterId))[0]);
    expect(on.app.logged.filter((line) => line.errorId === errorId)).toHaveLength(1);
  });
});

describe('E6: what is too long, or cannot be stored', () => {
  test('E6: eventInfo beyond 64 KiB keeps the first 16 KiB, the mark in them, and the last 48 KiB, and says how long it was', async () => {
    const { clusterId, stepId } = await step();
    const whole = 'x'.repeat(65_536);
    const long = `a${'🙂'.repeat(262_143)}bcd`;
    expect(Buffer.byteLength(long)).toBe(1_048_576);
    await report(on.url, [
      event(stepId, { successful: false, eventInfo: whole }),
      event(stepId, { successful: false, eventInfo: long }),
    ]);
    const [kept, cut] = (await on.events(clusterId)).map(({ eventInfo }) => `${eventInfo}`);
    expect(kept).toBe(whole);
    expect(cut).toBe(`a${'🙂'.repeat(4084)}… [1048576 bytes, the middle is left out] …${'🙂'.repeat(12_287)}bcd`);
  });

  test('E6: a name of 255 characters is kept, a longer one rejected, whatever its characters', async () => {
    const { clusterId, stepId } = await step();
    const longest = '🙂'.repeat(255);
    const { results } = await report(on.url, [
      event(stepId, { nodeGroupId: longest, instanceId: longest, instanceName: longest }),
      event(stepId, { instanceName: `${longest}x` }),
    ]);
    expect(results).toMatchObject([
      { outcome: 'RECORDED' },
      { code: 'BAD_USER_INPUT', reason: 'expected instanceName of at most 255 characters, got 256' },
    ]);
    expect(await on.events(clusterId)).toMatchObject([{ nodeGroupId: longest, instanceId: longest }]);
    expect((await createCluster(on.url, { name: longest })).name).toBe(longest);
  });

  test('E6: NUL and halves of surrogate pairs are replaced, everywhere', async () => {
    const nasty = 'a\0b\ud800c\udc00🙂';
    const stored = 'a\uFFFDb\uFFFDc\uFFFD🙂';
    const { clusterId, stepIds } = await on.running({ stepName: nasty, total: 9, source: nasty });
    const names = { nodeGroupId: nasty, instanceId: nasty, instanceName: nasty, errorId: nasty };
    await report(on.url, [event(only(stepIds), { ...names, successful: false, eventInfo: nasty })]);
    expect(await on.step(clusterId)).toMatchObject({ stepName: stored, source: stored });
    const [kept] = await on.events(clusterId);
    expect(kept).toMatchObject({
      ...{ nodeGroupId: stored, instanceId: stored, instanceName: stored, errorId: stored },
      eventInfo: stored,
    });
    const named = { name: nasty, status: nasty, pluginName: nasty, pluginVersion: nasty };
    expect(await createCluster(on.url, named)).toMatchObject({ name: stored, status: stored, pluginName: stored });
  });
});
