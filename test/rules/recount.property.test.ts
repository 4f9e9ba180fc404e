import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { type Database, openDatabase } from '../../src/storage/database.js';
import { createStore } from '../../src/storage/store.js';
import { Model, type Said } from '../domain/model.js';
import { quiet, type TestDatabase, testDatabase } from '../support/database.js';
import { present } from './fixture.js';

const tenantId = 'acme';

let own: TestDatabase;
let database: Database;
/** Of two servers. */
let recorders: [Recorder, Recorder];
beforeAll(async () => {
  own = await testDatabase();
  database = await openDatabase({ url: own.url, dataDir: '', log: quiet });
  const journal = createStore({ database, notices: () => null, log: quiet });
  const recorder = () => new Recorder({ journal, announce: () => {}, suspect: () => {}, log: quiet, eventLog: true });
  recorders = [recorder(), recorder()];
});
afterAll(async () => {
  await database?.close();
  await own?.close();
});

const report = fc.record({
  id: fc.nat(60),
  instanceId: fc.constantFrom(null, 'a', 'b', 'c', 'd', 'e'),
  instanceName: fc.constantFrom(null, 'a', 'b'),
  successful: fc.boolean(),
});
const calls = fc.array(fc.array(report, { minLength: 1, maxLength: 9 }), { minLength: 1, maxLength: 30 });
const totals = fc.option(fc.integer({ min: 1, max: 9 }));

test('S5, S6, E1, E2: in calls at once through two servers, the counters equal a recount, and the log alone explains them', async () => {
  await fc.assert(
    fc.asyncProperty(totals, calls, async (total, calls) => {
      const stepId = await begun(total);
      const prefix = crypto.randomUUID().slice(0, -3);
      const outcomes = await Promise.all(
        calls.map(async (call, index) => {
          const events = call.map(({ id, ...said }) => ({
            ...said,
            id: `${prefix}${`${id}`.padStart(3, '0')}`,
            stepId,
          }));
          return (await present(recorders[index % 2]).reportEvents(tenantId, { events })).results;
        }),
      );
      const recorded = outcomes.flat().filter(({ outcome }) => outcome === 'RECORDED');
      const log = await logOf(stepId);
      expect(log.map(({ id }) => id).sort()).toEqual(recorded.map(({ id }) => id).sort());
      expect(await counters(stepId)).toEqual(explained(total, log));
    }),
    { numRuns: 40 },
  );
});

async function begun(total: number | null): Promise<string> {
  const [recorder] = recorders;
  const { id: clusterId } = await recorder.createCluster(tenantId, { name: 'demo' });
  const steps = [{ stepName: 'one', total }, { stepName: 'two' }];
  const operation = present(await recorder.startOperation(tenantId, { clusterId, type: 'CREATING', steps }));
  const sql = 'SELECT id FROM cluster_provision_step WHERE operation_id = $1 AND position = 0';
  const { rows } = await database.pool.query<{ id: string }>(sql, [operation.id]);
  const stepId = present(rows[0]).id;
  await recorder.startStep(tenantId, { stepId });
  return stepId;
}

async function logOf(stepId: string): Promise<Said[]> {
  const sql = `SELECT id, instance_id AS "instanceId", instance_name AS "instanceName", successful
    FROM cluster_event WHERE provision_step_id = $1 ORDER BY revision`;
  return (await database.pool.query<Said>(sql, [stepId])).rows;
}

/** A step's counters as they are kept, and as they are recounted from its units and from its log. */
async function counters(stepId: string) {
  const sql = `SELECT completed, failed, successful, state,
      (SELECT array_agg(unit || ' ' || successful ORDER BY unit) FROM step_unit WHERE provision_step_id = s.id) AS units,
      (SELECT array_agg(unit || ' ' || successful ORDER BY unit) FROM (
         SELECT DISTINCT ON (unit) coalesce('i:' || instance_id, 'n:' || instance_name) AS unit, successful
         FROM cluster_event WHERE provision_step_id = s.id AND coalesce(instance_id, instance_name) IS NOT NULL
         ORDER BY unit, revision DESC) AS last) AS said
    FROM cluster_provision_step s WHERE id = $1`;
  const { units, said, ...kept } = present((await database.pool.query(sql, [stepId])).rows[0]);
  expect(units).toEqual(said);
  return kept;
}

/** What the model makes of the log: it would have recorded every event of it, in that order. */
function explained(total: number | null, log: readonly Said[]) {
  const model = new Model(total);
  for (const said of log) expect(model.report(said)).toBe('RECORDED');
  const { completed, failed, successful, state } = model;
  return { completed, failed, successful, state };
}
