import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Fixture, fixture, report, runningStep, type Server, tenantId } from './fixture.js';
import { Viewer } from './picture.js';

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A step written to on servers, and a viewer of its units on the last of them who has seen what there is. */
async function begin(count: number, units = 0) {
  const servers = on.servers(count);
  const [one, other] = [servers[0] as Server, servers.at(-1) as Server];
  const { ref, stepId } = await runningStep(one, 100_000);
  await report(one, stepId, 0, units);
  const viewer = new Viewer();
  const step = { tenantId, id: stepId };
  await viewer.attend(other, step);
  await viewer.until(({ place, held }) => place !== null && held.size === units);
  const reads = vi.spyOn(on.store, 'unitChanges').mockClear();
  return { one, other, ref, step, stepId, viewer, reads };
}

const holds = (viewer: Viewer, units: number) => viewer.until(({ held }) => held.size === units);

test('W12: what this server commits costs no read, however long the step', async () => {
  const { one, stepId, viewer, reads } = await begin(1, 3);
  await report(one, stepId, 3, 5);
  await holds(viewer, 8);
  await report(one, stepId, 0, 8, false);
  await viewer.until(({ states }) => states.every((state) => state === 'FAILED'));
  expect(reads).not.toHaveBeenCalled();
});

test('W12: what another server commits is read once for all who follow the step, and what it does elsewhere not at all', async () => {
  const { one, other, ref, step, stepId, viewer, reads } = await begin(2, 3);
  const second = new Viewer();
  await second.attend(other, step);
  await holds(second, 3);
  reads.mockClear();
  await report(one, stepId, 3, 1);
  await Promise.all([holds(viewer, 4), holds(second, 4)]);
  expect(reads).toHaveBeenCalledTimes(1);
  await one.recorder.updateCluster(tenantId, { id: ref.id, status: 'Configuring' });
  await report(other, stepId, 4, 1);
  await Promise.all([holds(viewer, 5), holds(second, 5)]);
  expect(reads).toHaveBeenCalledTimes(1);
});

test('W5, W12: nothing is read for a subscriber who takes nothing; then it gets the last states, once', async () => {
  const { one, stepId, viewer, reads } = await begin(2, 3);
  viewer.sink.ready = false;
  const watching = new Viewer();
  for (const successful of [false, true, false]) await report(one, stepId, 0, 3, successful);
  await report(one, stepId, 3, 2);
  await watching.attend(one, { tenantId, id: stepId });
  await holds(watching, 5);
  expect(reads.mock.calls.length).toBeLessThanOrEqual(1);
  const { length } = viewer.sink.bodies;
  viewer.wake();
  await viewer.until(
    ({ held, states }) => held.size === 5 && states.filter((state) => state === 'FAILED').length === 3,
  );
  expect(viewer.sink.bodies.length).toBe(length + 1);
});

test('W12: subscribers at the same position share the bytes of a message', async () => {
  const { one, other, step, stepId, viewer } = await begin(1, 2);
  const second = new Viewer();
  await second.attend(other, step);
  await holds(second, 2);
  await report(one, stepId, 2, 1);
  await Promise.all([holds(viewer, 3), holds(second, 3)]);
  expect(viewer.sink.bodies.at(-1)).toBe(second.sink.bodies.at(-1));
});

test('W12: on another server, one who comes back starts over; on the same one, it goes on', async () => {
  const { one, other, step, stepId, viewer } = await begin(2, 3);
  const staying = new Viewer();
  await staying.attend(other, step);
  await holds(staying, 3);
  viewer.leave();
  await report(one, stepId, 3, 1);
  await holds(staying, 4);
  await viewer.attend(other, step);
  await holds(viewer, 4);
  expect(viewer.messages.map(({ snapshot, units }) => [snapshot, units.length])).toEqual([[false, 1]]);
  await viewer.attend(one, step);
  await viewer.until(() => viewer.messages.length > 0);
  expect(viewer.messages.map(({ snapshot, units }) => [snapshot, units.length])).toEqual([[true, 4]]);
});

test('W12: 40000 units come in messages of 500, while they change, and each is there once', async () => {
  const { one, other, stepId } = await begin(2);
  await on.database.pool.query(
    `INSERT INTO step_unit (tenant_id, provision_step_id, key, instance_id, state, reports, first_report_at, last_report_at, revision)
     SELECT $1, $2, 'i:i-' || n, 'i-' || n, 'SUCCEEDED', 1, now(), now(), 1 FROM generate_series(1, 40000) AS n`,
    [tenantId, stepId],
  );
  const viewers = [new Viewer(), new Viewer()] as const;
  await on.database.pool.query('UPDATE cluster_provision_step SET completed = 40000 WHERE id = $1', [stepId]);
  for (const [index, viewer] of viewers.entries())
    await viewer.attend([one, other][index] as Server, { tenantId, id: stepId });
  const events = Array.from({ length: 500 }, (_, i) => ({
    id: randomUUID(),
    stepId,
    successful: false,
    instanceId: `i-${i * 7 + 1}`,
  }));
  await one.recorder.reportEvents(tenantId, { events });
  for (const viewer of viewers) {
    const isWhole = () => viewer.messages.at(-1)?.more === false;
    await viewer.until(({ states }) => isWhole() && states.filter((state) => state === 'FAILED').length === 500);
    expect(viewer.picture.held.size).toBe(40_000);
    expect(viewer.messages.every(({ units }) => units.length <= 500)).toBe(true);
    expect(viewer.messages.filter(({ snapshot }) => snapshot)).toHaveLength(1);
  }
});

test('W12: a step of more than 50000 units is refused', async () => {
  const [server] = on.servers(1) as [Server];
  const { stepId } = await runningStep(server, 100_000);
  await on.database.pool.query(
    `INSERT INTO step_unit (tenant_id, provision_step_id, key, instance_id, state, reports, first_report_at, last_report_at)
     SELECT $1, $2, 'i:i-' || n, 'i-' || n, 'SUCCEEDED', 1, now(), now() FROM generate_series(1, 50001) AS n`,
    [tenantId, stepId],
  );
  await expect(new Viewer().attend(server, { tenantId, id: stepId })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
});

test('W6, W12: what cannot be read is read again, and nobody is told', async () => {
  const { one, stepId, viewer, reads } = await begin(2, 1);
  reads.mockRejectedValueOnce(new Error('no database'));
  await report(one, stepId, 1, 1);
  await holds(viewer, 2);
  expect(viewer.sink.failure).toBeUndefined();
});
