import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Model, type Said } from '../domain/model.js';
import { present } from './fixture.js';
import { twoRecorders } from './recorders.js';

const tenantId = 'acme';

const on = twoRecorders();

/** Units by id, by name, and by a name whose id is learnt late; no two ids have one name, which only time could tell apart. */
const unit = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map((id) => ({ instanceId: id, instanceName: null })),
  fc.constantFrom('a', 'b', 'c').map((id) => ({ instanceId: id, instanceName: `name of ${id}` })),
  fc.constantFrom('a', 'b', 'c').map((id) => ({ instanceId: null, instanceName: `name of ${id}` })),
  fc.constantFrom('a', null).map((instanceName) => ({ instanceId: null, instanceName })),
);
const report = fc
  .record({ id: fc.nat(60), unit, successful: fc.boolean() })
  .map(({ id, unit, successful }) => ({ id, ...unit, successful }));
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
          return (await present(on.recorders[index % 2]).reportEvents(tenantId, { events })).results;
        }),
      );
      const recorded = outcomes.flat().filter(({ outcome }) => outcome === 'RECORDED' || outcome === 'LATE');
      const log = await logOf(stepId);
      expect(log.map(({ id }) => id).sort()).toEqual(recorded.map(({ id }) => id).sort());
      expect(await counters(stepId)).toEqual(explained(total, log));
    }),
    { numRuns: 40 },
  );
});

async function begun(total: number | null): Promise<string> {
  const [recorder] = on.recorders;
  const { id: clusterId } = await recorder.createCluster(tenantId, { name: 'demo' });
  const steps = [{ stepName: 'one', total }, { stepName: 'two' }];
  const operation = present(await recorder.startOperation(tenantId, { clusterId, type: 'CREATING', steps }));
  const sql = 'SELECT id FROM cluster_provision_step WHERE operation_id = $1 AND position = 0';
  const { rows } = await on.database.pool.query<{ id: string }>(sql, [operation.id]);
  const stepId = present(rows[0]).id;
  await recorder.startStep(tenantId, { stepId });
  return stepId;
}

async function logOf(stepId: string): Promise<Logged[]> {
  const sql = `SELECT id, NULL AS "nodeGroupId", instance_id AS "instanceId", instance_name AS "instanceName",
      NULL AS "replacesInstanceId", successful, late
    FROM cluster_event WHERE provision_step_id = $1 ORDER BY revision`;
  return (await on.database.pool.query<Logged>(sql, [stepId])).rows;
}

type Logged = Said & { readonly late: boolean };

/** A step's counters as they are kept. Those of its units that are kept say the same. */
async function counters(stepId: string) {
  const sql = `SELECT completed, failed, successful, state, (own_failure_id IS NOT NULL)::int AS own,
      (SELECT count(*)::int FROM step_unit WHERE provision_step_id = s.id AND state = 'SUCCEEDED') AS good,
      (SELECT count(*)::int FROM step_unit WHERE provision_step_id = s.id AND state = 'FAILED') AS bad
    FROM cluster_provision_step s WHERE id = $1`;
  const { good, bad, own, ...kept } = present((await on.database.pool.query(sql, [stepId])).rows[0]);
  expect(kept.failed).toBe(bad + own);
  expect(kept.completed).toBeGreaterThanOrEqual(good);
  return kept;
}

/** What the model makes of the log: it would have recorded every event of it, in that order. */
function explained(total: number | null, log: readonly Logged[]) {
  const model = new Model(total);
  for (const said of log) expect(model.report(said)).toMatch(said.late ? /^LATE/ : /^RECORDED$/);
  const { completed, failed, successful, state } = model;
  return { completed, failed, successful, state };
}
