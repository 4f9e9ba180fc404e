// The same rows by SQL written by hand, without a server: as fast as the database takes them from Node.
import { randomUUID } from 'node:crypto';
import { answer } from '../support/child.js';
import { peerDatabase } from './database.js';
const { pool } = await peerDatabase();
const writer = randomUUID().slice(0, 8);
let units = 0;
answer({
    /** Writes batch after batch on each connection: events stored per second. */
    async write({ targets, writers, events, seconds }) {
        const begun = performance.now();
        let stored = 0;
        const work = async (target) => {
            while (performance.now() < begun + seconds * 1000) {
                await store(pool, target, events);
                stored += events;
            }
        };
        await Promise.all(Array.from({ length: writers }, (_, index) => work(targets[index % targets.length])));
        return stored / ((performance.now() - begun) / 1000);
    },
});
/** One statement, and so one transaction and one way there and back. */
async function store(database, { clusterId, stepIds: [stepId] }, events) {
    const ids = Array.from({ length: events }, () => randomUUID());
    const names = ids.map(() => {
        units += 1;
        return `${writer}-${units}`;
    });
    await database.query({ name: 'store', text: statement, values: [clusterId, stepId, ids, names, events] });
}
const statement = `
  WITH revised AS (
    UPDATE cluster SET revision = revision + $5::int, updated_at = now() WHERE tenant_id = 'default' AND id = $1
    RETURNING revision - $5::int AS before
  ), stepped AS (
    UPDATE cluster_provision_step SET completed = completed + $5::int, revision = (SELECT before FROM revised) + $5::int,
      updated_at = now() WHERE tenant_id = 'default' AND id = $2
  ), counted AS (
    INSERT INTO step_unit (tenant_id, provision_step_id, unit, successful)
    SELECT 'default', $2, 'i:' || name, true FROM unnest($4::text[]) AS name
    ON CONFLICT (tenant_id, provision_step_id, unit) DO UPDATE SET successful = excluded.successful
  )
  INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
    successful, revision, created_at, updated_at)
  SELECT 'default', id, $1, $2, 'workers', name, name, true, (SELECT before FROM revised) + number, now(), now()
  FROM unnest($3::uuid[], $4::text[]) WITH ORDINALITY AS n (id, name, number)
  ON CONFLICT (tenant_id, id) DO NOTHING`;
