import { expect, test } from 'vitest';
import { UpdateClusterDocument } from '../../src/generated/client.js';
import { present } from '../rules/fixture.js';
import { createCluster, event, ok, report } from '../support/api.js';
import { gateAt } from './gate.js';
import { pair } from './pair.js';
import { rounds, seeded } from './random.js';
import { logged, miscounted, rows } from './recount.js';
import { endless, type Work } from './work.js';

const times = rounds(40);

test(`E1: ${times} times, two servers write to the same 20 clusters in opposite orders: no deadlock, every event counted`, {
  timeout: 180_000 + times * 1_000,
}, async () => {
  const random = seeded();
  const { a, b, databaseUrl, close } = await pair();
  const steps = (await endless(a, 20)).map(({ stepId }) => stepId);
  const sent: string[] = [];
  const send = async (url: string, order: readonly string[]) => {
    const events = order.map((stepId) => event(stepId, { successful: random.chance(0.8) }));
    sent.push(...events.map(({ id }) => id));
    const { results } = await report(url, events);
    expect(results.filter(({ outcome }) => outcome !== 'RECORDED')).toEqual([]);
  };
  for (let time = 0; time < times; time++) {
    const shuffled = random.shuffled(steps);
    await Promise.all([send(a, steps), send(b, steps.toReversed()), send(a, shuffled), send(b, shuffled.toReversed())]);
  }
  expect((await logged(databaseUrl)).sort()).toEqual(sent.sort());
  expect(await miscounted(databaseUrl)).toEqual([]);
  // A connection tells its counts at the latest when it ends. Nothing else tells of a deadlock: the write is tried again.
  await close();
  const [counts] = await rows<{ deadlocks: string }>(
    databaseUrl,
    'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  expect(Number(present(counts).deadlocks)).toBe(0);
});

test(`${times} times, two servers are asked for a cluster of the same id at once: one makes it, the other says CONFLICT`, async () => {
  const { a, b, databaseUrl } = await pair();
  for (let time = 0; time < times; time++) {
    const id = crypto.randomUUID();
    const make = async (url: string) => {
      const cluster = await createCluster(url, { id, name: url });
      return ok(url, UpdateClusterDocument, { input: { id: cluster.id, status: 'Active' } });
    };
    const made = await Promise.allSettled([make(a), make(b)]);
    const refused = made.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => String(reason))).toEqual([expect.stringContaining('CONFLICT')]);
    const winner = made[0]?.status === 'fulfilled' ? a : b;
    const stored = await rows(databaseUrl, 'SELECT name, status, revision FROM cluster WHERE id = $1', id);
    expect(stored).toEqual([{ name: winner, status: 'Active', revision: 2 }]);
  }
});

test(`E2: ${times} times, two servers are told of one event for different clusters at once: it is recorded once, and its neighbours are`, async () => {
  const { a, b, databaseUrl } = await pair();
  const [one, other] = (await endless(a, 2)) as [Work, Work];
  for (let time = 0; time < times; time++) {
    const id = crypto.randomUUID();
    const outcomes = async (url: string, { stepId }: Work) =>
      (await report(url, [event(stepId, { id }), event(stepId)])).results.map(({ outcome }) => outcome);
    const [here, there] = (await Promise.all([outcomes(a, one), outcomes(b, other)])) as [string[], string[]];
    expect([here[0], there[0]].sort()).toEqual(['RECORDED', 'REJECTED']);
    expect([here[1], there[1]]).toEqual(['RECORDED', 'RECORDED']);
  }
  expect(await miscounted(databaseUrl)).toEqual([]);
});

/**
 * The witness: a commit is held back while another, which began later, is made. A reader that remembers the last number
 * of a sequence goes past the one held back; one that remembers revisions does not.
 */
test('E1: of overlapping commits a sequence as cursor loses one, the revision none', async () => {
  const { a, b, databaseUrl } = await pair();
  const [slow, quick] = (await endless(a, 2)) as [Work, Work];
  await numberEvents(databaseUrl);
  const gate = await gateAt(databaseUrl, slow.clusterId);
  const readers = [bySequence(databaseUrl), byRevision(databaseUrl, [slow.clusterId, quick.clusterId])] as const;
  const read = async () => {
    for (const reader of readers) await reader.read();
  };

  const [early, late] = [event(slow.stepId), event(quick.stepId)];
  const reported = report(a, [early]);
  await gate.reached();
  await report(b, [late]);
  await read();
  await gate.open();
  await reported;
  await read();

  expect(readers[0].seen).toEqual([late.id]);
  expect(readers[1].seen).toEqual([late.id, early.id]);
});

const numberEvents = (url: string) => rows(url, 'ALTER TABLE cluster_event ADD COLUMN number bigserial');

/** Whoever has read up to a number asks for what is beyond it. */
function bySequence(url: string) {
  let last = 0;
  const seen: string[] = [];
  const read = async () => {
    const sql = 'SELECT id, number::int FROM cluster_event WHERE number > $1 ORDER BY number';
    for (const { id, number } of await rows<{ id: string; number: number }>(url, sql, last)) {
      seen.push(id);
      last = number;
    }
  };
  return { seen, read };
}

/** As Stepcast's readers do: a cursor for each cluster. */
function byRevision(url: string, clusterIds: readonly string[]) {
  const last = new Map(clusterIds.map((id) => [id, 0]));
  const seen: string[] = [];
  const read = async () => {
    const sql = 'SELECT id, revision FROM cluster_event WHERE cluster_id = $1 AND revision > $2 ORDER BY revision';
    for (const [clusterId, after] of last) {
      for (const { id, revision } of await rows<{ id: string; revision: number }>(url, sql, clusterId, after)) {
        seen.push(id);
        last.set(clusterId, revision);
      }
    }
  };
  return { seen, read };
}
