import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { beginning } from '../../src/fanout/position.js';
import { type Fixture, fakePoll, fixture, read, report, runningStep, type Server, tenantId, whole } from './fixture.js';

let on: Fixture;
beforeAll(async () => {
  on = await fixture();
});
afterAll(() => on.close());

/** A cluster written to on one server and followed in every way on the other, whose log is listened to. */
async function begin() {
  const clock = fakePoll();
  const log = { error: vi.fn(), warn: vi.fn(), info: vi.fn() };
  const [one, other] = on.servers(2, 0, log) as [Server, Server];
  const { ref, stepId } = await runningStep(one, 1_000);
  const progress = read<{ steps: { completed: number }[] }>(await other.hub.progress(ref, whole)).sink;
  const events = read<{ events: object[] }>(await other.hub.events(ref, {}, beginning)).sink;
  const changes = read<{ clusters: { name: string }[] }>(await other.hub.changes(tenantId)).sink;
  await progress.until(({ messages }) => messages.length === 1);
  await events.until(({ messages }) => messages.length === 1);
  return { clock, log, one, other, ref, stepId, progress, events, changes };
}

test.each(['clusterState', 'eventPage', 'revisionsOf', 'revisions', 'clustersEvenDeleted'] as const)(
  'a bug in %s is logged and counted, and subscribers get what they missed',
  async (name) => {
    const { clock, log, one, other, ref, stepId, progress, events, changes } = await begin();
    const bug = new TypeError(`a bug in ${name}`);
    const happened = new Promise<void>((resolve) => {
      vi.spyOn(on.store, name as 'revisions').mockImplementationOnce(async () => {
        resolve();
        throw bug;
      });
    });
    if (name.startsWith('revisions')) other.bus.lose();
    await report(one, stepId, 0, 3);
    await one.recorder.updateCluster(tenantId, { id: ref.id, name: 'renamed' });
    if (name.startsWith('revisions')) clock.poll();
    await happened;
    while (other.hub.figures.faults === 0) await turn();
    expect(log.error).toHaveBeenCalledWith(expect.objectContaining({ err: bug }), expect.any(String));
    expect(other.hub.figures.faults).toBe(1);

    other.bus.mend();
    const ticking = ticks(clock.poll);
    await progress.until(({ messages }) => hasCompleted(messages, 3));
    await events.until(({ messages }) => messages.flatMap((batch) => batch.events).length === 3);
    await changes.until(({ messages }) => messages.at(-1)?.clusters.at(-1)?.name === 'renamed');
    ticking.stop();
    expect([progress.failure, events.failure, changes.failure]).toEqual([undefined, undefined, undefined]);
  },
);

const hasCompleted = (messages: { steps: { completed: number }[] }[], count: number) =>
  messages.some(({ steps }) => steps[0]?.completed === count);

/** The poll's clock goes on, a tick each turn of the event loop. */
function ticks(tick: () => void) {
  let isOver = false;
  void (async () => {
    while (!isOver) {
      tick();
      await turn();
    }
  })();
  return {
    stop: () => {
      isOver = true;
    },
  };
}
