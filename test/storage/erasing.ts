import type { OperationRow, StepRow } from '../../src/storage/store/rows.js';
import type { Fixture } from './fixture.js';

/** More than there ever is in a test. */
export const everything = 1_000_000;

/** A step of an operation with so many reported units, half of them known by id and half by name only, each reported twice. */
export async function reported(
  on: Fixture,
  operation: OperationRow,
  units: number,
  row: Parameters<Fixture['rows']['step']>[1] = {},
) {
  const step = await on.rows.step(operation, { state: 'SUCCEEDED', completed: units, ...row });
  const key = [step.tenant_id, step.cluster_id, step.id, units];
  await on.database.pool.query(
    `INSERT INTO cluster_event
     SELECT $1, gen_random_uuid(), $2, $3, NULL, CASE WHEN u % 2 = 0 THEN 'id' || u END, 'name' || u, NULL, true, NULL,
       (SELECT coalesce(max(revision), 0) FROM cluster_event WHERE tenant_id = $1 AND cluster_id = $2)
         + row_number() OVER (ORDER BY report, u), now(), now(), false, false, now()
     FROM generate_series(1, $4::int) AS u, generate_series(1, 2) AS report`,
    key,
  );
  await on.database.pool.query(
    `INSERT INTO step_unit (tenant_id, provision_step_id, key, instance_id, instance_name, state, reports, first_report_at, last_report_at)
     SELECT DISTINCT tenant_id, provision_step_id, coalesce('i:' || instance_id, 'n:/' || instance_name), instance_id, instance_name,
       'SUCCEEDED'::"UnitState", 2, now(), now()
     FROM cluster_event WHERE tenant_id = $1 AND provision_step_id = $2`,
    [step.tenant_id, step.id],
  );
  return step;
}

export async function operation(on: Fixture, row: Partial<OperationRow> = {}) {
  const cluster = await on.rows.cluster({ revision: everything });
  return on.rows.operation(cluster, row);
}

interface Left {
  erased: boolean;
  erased_through: number;
  events: number;
  units: number;
}

/** What there still is of a step. */
export async function left({ database }: Fixture, step: StepRow): Promise<Left> {
  const { rows } = await database.pool.query(
    `SELECT erased OR redundant_erased AS erased, erased_through,
       (SELECT count(*)::int FROM cluster_event e WHERE e.tenant_id = s.tenant_id AND e.provision_step_id = s.id) AS events,
       (SELECT count(*)::int FROM step_unit u WHERE u.tenant_id = s.tenant_id AND u.provision_step_id = s.id) AS units
     FROM cluster_provision_step s WHERE tenant_id = $1 AND id = $2`,
    [step.tenant_id, step.id],
  );
  return rows[0];
}

export async function table({ database }: Fixture, name: string): Promise<unknown[]> {
  return (await database.pool.query(`SELECT * FROM ${name} ORDER BY 1, 2, 3`)).rows;
}

/** Erases until a call says that it is done; says how much each call erased. */
export async function until(limit: number, erase: (limit: number) => Promise<number>): Promise<number[]> {
  const counts: number[] = [];
  do counts.push(await erase(limit));
  while (counts.at(-1) === limit);
  return counts;
}
export const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
