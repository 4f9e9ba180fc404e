import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Recorder } from '../../src/domain/record.js';
import { openDatabase } from '../../src/storage/database.js';
import { migrate } from '../../src/storage/migrations/migrate.js';
import { readMigrations } from '../../src/storage/migrations/migration.js';
import { createStore } from '../../src/storage/store/store.js';
import { openPool, quiet, type TestDatabase, testDatabase } from '../support/database.js';

const id = (number: number) => `00000000-0000-4000-8000-${`${number}`.padStart(12, '0')}`;
const [cluster, deleted] = [id(1), id(2)];
const [succeeded, interrupted, running] = [id(11), id(12), id(13)];
const [done, failed, skipped, open, short] = [id(21), id(22), id(23), id(24), id(25)];

/** What a database of the first version may hold. */
const old = `
  INSERT INTO cluster (tenant_id, id, name, status, revision, created_at, updated_at, deleted_at) VALUES
    ('acme', '${cluster}', 'demo', 'Active', 40, '2014-10-29 12:00Z', '2014-10-29 13:00Z', NULL),
    ('acme', '${deleted}', 'gone', 'Active', 2, '2014-10-28 12:00Z', '2014-10-28 13:00Z', '2014-10-28 13:00Z');
  INSERT INTO cluster_operation (tenant_id, id, cluster_id, type, state, number, lease_seconds, lease_expires_at, revision,
      started_at, completed_at, updated_at) VALUES
    ('acme', '${succeeded}', '${cluster}', 'CREATING', 'SUCCEEDED', 1, NULL, NULL, 9, '2014-10-29 12:00Z', '2014-10-29 12:10Z', '2014-10-29 12:10Z'),
    ('acme', '${interrupted}', '${cluster}', 'SCALING', 'INTERRUPTED', 2, 60, NULL, 20, '2014-10-29 12:20Z', '2014-10-29 12:30Z', '2014-10-29 12:30Z'),
    ('acme', '${running}', '${cluster}', 'SCALING', 'RUNNING', 3, NULL, NULL, 40, '2014-10-29 12:40Z', NULL, '2014-10-29 12:50Z');
  INSERT INTO cluster_provision_step (tenant_id, id, cluster_id, operation_id, step_name, step_type, source, position, state,
      completed, failed, total, successful, started_at, completed_at, duration, erased, revision, created_at, updated_at) VALUES
    ('acme', '${done}', '${cluster}', '${succeeded}', 'done', 'CREATING', 'infra', 0, 'SUCCEEDED', 3, 0, 3, true, '2014-10-29 12:00Z', '2014-10-29 12:10Z', 600000, true, 9, '2014-10-29 12:00Z', '2014-10-29 12:10Z'),
    ('acme', '${failed}', '${cluster}', '${interrupted}', 'failed', 'SCALING', 'infra', 0, 'FAILED', 1, 3, 9, false, '2014-10-29 12:20Z', NULL, 600000, false, 20, '2014-10-29 12:20Z', '2014-10-29 12:30Z'),
    ('acme', '${skipped}', '${cluster}', '${interrupted}', 'skipped', 'SCALING', 'infra', 1, 'SKIPPED', 0, 0, NULL, NULL, NULL, NULL, NULL, false, 20, '2014-10-29 12:20Z', '2014-10-29 12:30Z'),
    ('acme', '${short}', '${cluster}', '${running}', 'short', 'SCALING', 'infra', 0, 'FAILED', 1, 0, 2, NULL, '2014-10-29 12:40Z', NULL, 1000, false, 39, '2014-10-29 12:40Z', '2014-10-29 12:45Z'),
    ('acme', '${open}', '${cluster}', '${running}', 'open', 'SCALING', 'infra', 1, 'FAILED', 2, 1, 4, false, '2014-10-29 12:45Z', NULL, 1000, false, 40, '2014-10-29 12:40Z', '2014-10-29 12:50Z');
  INSERT INTO step_unit (tenant_id, provision_step_id, unit, successful) VALUES
    ('acme', '${failed}', 'i:i-1', true),
    ('acme', '${failed}', 'n:w/1', false),
    ('acme', '${short}', 'i:i-1', true),
    ('acme', '${open}', 'i:n:odd', true),
    ('acme', '${open}', 'n:worker-1', true),
    ('acme', '${open}', 'i:i-3', false);
  INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, instance_id, instance_name, event_info, successful,
      error_id, revision, created_at, updated_at) VALUES
    ('acme', '${id(31)}', '${cluster}', '${failed}', 'i-1', NULL, NULL, true, NULL, 12, '2014-10-29 12:21Z', '2014-10-29 12:21Z'),
    ('acme', '${id(32)}', '${cluster}', '${failed}', NULL, 'w/1', 'timed out', false, 'e-1', 13, '2014-10-29 12:22Z', '2014-10-29 12:22Z'),
    ('acme', '${id(33)}', '${cluster}', '${failed}', NULL, NULL, 'no quota', false, 'e-2', 14, '2014-10-29 12:23Z', '2014-10-29 12:23Z'),
    ('acme', '${id(34)}', '${cluster}', '${failed}', NULL, NULL, 'no report came', false, 'e-3', 15, '2014-10-29 12:30Z', '2014-10-29 12:30Z'),
    ('acme', '${id(35)}', '${cluster}', '${open}', 'i-3', NULL, 'refused', false, 'e-4', 31, '2014-10-29 12:46Z', '2014-10-29 12:46Z'),
    ('acme', '${id(36)}', '${cluster}', '${open}', NULL, 'worker-1', NULL, true, NULL, 32, '2014-10-29 12:47Z', '2014-10-29 12:47Z');`;

let own: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  own = await testDatabase({ bare: true });
  pool = openPool({ connectionString: own.url });
  const migrations = await readMigrations();
  await migrate({ connectionString: own.url }, { log: quiet, migrations: migrations.slice(0, 1) });
  await pool.query(old);
  const names = await migrate({ connectionString: own.url }, { log: quiet });
  expect(names).toEqual(migrations.slice(1).map(({ name }) => name));
});
afterAll(async () => {
  await pool?.end();
  await own?.close();
});

const rows = async (sql: string, ...values: unknown[]) => (await pool.query(sql, values)).rows;

test('O4, O7: operations that have ended stay ended; one that runs goes on', async () => {
  const sql = 'SELECT state, ending, reason, auto_finish FROM cluster_operation ORDER BY number';
  expect(await rows(sql)).toEqual([
    { state: 'SUCCEEDED', ending: 'FINISHED', reason: null, auto_finish: true },
    { state: 'INTERRUPTED', ending: 'INTERRUPTED', reason: null, auto_finish: true },
    { state: 'RUNNING', ending: null, reason: null, auto_finish: true },
  ]);
});

test('S5a, S6: failures of no instance are one, and a step that was closed short has not succeeded', async () => {
  const sql = `SELECT id, completed, failed, total, successful, own_failure_id AS own, redundant_erased AS erased,
    to_char(last_report_at AT TIME ZONE 'UTC', 'HH24:MI') AS last FROM cluster_provision_step ORDER BY id`;
  expect(await rows(sql)).toEqual([
    { id: done, completed: 3, failed: 0, total: 3, successful: true, own: null, erased: true, last: null },
    { id: failed, completed: 1, failed: 2, total: 9, successful: false, own: id(34), erased: false, last: '12:30' },
    { id: skipped, completed: 0, failed: 0, total: null, successful: null, own: null, erased: false, last: null },
    { id: open, completed: 2, failed: 1, total: 4, successful: false, own: null, erased: false, last: '12:47' },
    { id: short, completed: 1, failed: 0, total: 2, successful: false, own: null, erased: false, last: null },
  ]);
});

test('S5: units keep what was known of them', async () => {
  const sql = `SELECT key, instance_id, instance_name, state, reports, last_failure_id FROM step_unit
    WHERE provision_step_id = $1 ORDER BY key`;
  const unit = { instance_id: null, instance_name: null, state: 'SUCCEEDED', reports: 1, last_failure_id: null };
  expect(await rows(sql, failed)).toEqual([
    { ...unit, key: 'i:i-1', instance_id: 'i-1' },
    { ...unit, key: 'n:/w/1', instance_name: 'w/1', state: 'FAILED', last_failure_id: id(32) },
  ]);
  expect(await rows(sql, open)).toEqual([
    { ...unit, key: 'i:i-3', instance_id: 'i-3', state: 'FAILED', last_failure_id: id(35) },
    { ...unit, key: 'i:n:odd', instance_id: 'n:odd' },
    { ...unit, key: 'n:/worker-1', instance_name: 'worker-1' },
  ]);
});

test('E8: events happened when they were recorded, none late and none withdrawn', async () => {
  const sql = `SELECT count(*)::int FROM cluster_event WHERE occurred_at = created_at AND NOT late AND NOT withdrawn`;
  expect(await rows(sql)).toEqual([{ count: 6 }]);
});

test('its operation goes on: units are known by id and name, events by their ids, and it ends', async () => {
  const database = await openDatabase({ url: own.url, dataDir: '', log: quiet });
  const writeStore = createStore({ database, notices: null, log: quiet });
  const recorder = new Recorder({ writeStore, announce: () => {}, fallback: () => {}, log: quiet, eventLog: true });
  const event = { stepId: open, successful: true };
  const { results, steps } = await recorder.reportEvents('acme', {
    events: [
      { ...event, id: id(36) },
      { ...event, id: id(41), instanceId: 'i-1', instanceName: 'worker-1' },
      { ...event, id: id(42), instanceId: 'i-3' },
      { ...event, id: id(43), instanceId: 'i-4' },
      { ...event, id: id(44), stepId: short, instanceId: 'i-2' },
    ],
  });
  expect(results.map(({ outcome }) => outcome)).toEqual(['DUPLICATE', ...Array(4).fill('RECORDED')]);
  expect(steps).toMatchObject([
    { id: open, completed: 4, failed: 0, state: 'SUCCEEDED' },
    { id: short, completed: 2, state: 'SUCCEEDED' },
  ]);
  expect(await rows('SELECT state, ending FROM cluster_operation WHERE id = $1', running)).toEqual([
    { state: 'SUCCEEDED', ending: 'COMPLETED' },
  ]);
  await database.close();
});
