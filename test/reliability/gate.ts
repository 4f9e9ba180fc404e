import pg from 'pg';
import { onTestFinished, vi } from 'vitest';

/** Lets no commit of an event beneath the cluster through until it is opened. */
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
    reached: () => vi.waitUntil(async () => (await keeper.query(waiting)).rowCount),
    open: () => keeper.end(),
  };
}
