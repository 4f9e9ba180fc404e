import pg from 'pg';
import { onTestFinished } from 'vitest';
import { until } from '../support/wait.js';

/** Blocks commits of events of the cluster until it is opened. */
export async function gateAt(url: string, clusterId: string) {
  const keeper = new pg.Client(url);
  await keeper.connect();
  onTestFinished(() => keeper.end());
  await keeper.query(`
    CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON cluster_event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (NEW.cluster_id = '${clusterId}') EXECUTE FUNCTION wait_at_gate();
    SELECT pg_advisory_lock(1)`);
  const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
  return {
    /** Resolves when a commit waits. */
    reached: () => until(async () => (await keeper.query(waiting)).rowCount),
    open: () => keeper.end(),
  };
}
