import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { only, present } from '../rules/fixture.js';
import { createCluster, event, report, startOperation } from '../support/api.js';
import { pair } from './pair.js';
import { rounds, seeded } from './random.js';
import { logged, miscounted, rows } from './recount.js';

const times = rounds(40);

interface Work {
  readonly clusterId: string;
  readonly stepId: string;
}

/** Steps of so many clusters, each with work for ever. */
async function stepsOf(url: string, count: number): Promise<Work[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const { id } = await createCluster(url, { name: `cluster ${index}` });
      const { steps } = await startOperation(url, id, [{ stepName: 'Working', total: 1_000_000 }]);
      return { clusterId: id, stepId: only(steps.map((step) => step.id)) };
    }),
  );
}

test(`E1: ${times} times, two servers write to the same 20 clusters in opposite orders: no deadlock, every event counted`, {
  timeout: 60_000 + times * 1_000,
}, async () => {
  const random = seeded();
  const { a, b, databaseUrl, close } = await pair();
  const steps = (await stepsOf(a, 20)).map(({ stepId }) => stepId);
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

/**
 * The witness: a commit is held back while another, which began later, is made. A reader that remembers the last number
 * of a sequence goes past the one held back; one that remembers revisions does not.
 */
test('E1: of overlapping commits a sequence as cursor loses one, the revision none', async () => {
  const { a, b, databaseUrl } = await pair();
  const [slow, quick] = (await stepsOf(a, 2)) as [Work, Work];
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

/** Numbers the events by a sequence, and lets no commit beneath the cluster through until it is opened. */
async function gateAt(url: string, clusterId: string) {
  const keeper = new pg.Client(url);
  await keeper.connect();
  onTestFinished(() => keeper.end());
  await keeper.query(`
    ALTER TABLE cluster_event ADD COLUMN number bigserial;
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON cluster_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (NEW.cluster_id = '${clusterId}') EXECUTE FUNCTION wait_at_gate();
    SELECT pg_advisory_lock(1)`);
  const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    reached: () => vi.waitUntil(async () => (await keeper.query(waiting)).rowCount),
    open: () => keeper.end(),
  };
}

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
