// The limit of `report`: our own HTTP and GraphQL, and behind it a group commit of the same rows written by hand, without rules.
import { answer } from '../support/child.js';
import { peerDatabase } from './database.js';
import { serveOurHttp } from './our-http.js';
import type { EventInput, ReportArguments } from './schema.js';

const { writers } = await peerDatabase();

let waiting: { events: readonly EventInput[]; resolve: () => void; reject: (error: unknown) => void }[] = [];
let writing = false;

/** While one batch is being written, the next is gathered. */
async function write(): Promise<void> {
  if (writing || waiting.length === 0) return;
  writing = true;
  const batch = waiting;
  waiting = [];
  try {
    await store(batch.flatMap(({ events }) => events));
    for (const { resolve } of batch) resolve();
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
  writing = false;
  void write();
}

const store = (events: readonly EventInput[]) =>
  writers.query({
    name: 'group',
    text: statement,
    values: [
      events.map(({ stepId }) => stepId),
      events.map(({ id }) => id),
      events.map(({ instanceId }) => instanceId),
      events.map(({ instanceName }) => instanceName),
    ],
  });

const statement = `
  WITH input AS (
    SELECT n.*, s.cluster_id, row_number() OVER (PARTITION BY s.cluster_id ORDER BY n.number) AS place
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) WITH ORDINALITY AS n (step_id, id, instance, name, number)
    JOIN cluster_provision_step s ON s.tenant_id = 'default' AND s.id = n.step_id
  ), revised AS (
    UPDATE cluster c SET revision = c.revision + n.count, updated_at = now()
    FROM (SELECT cluster_id, count(*)::int AS count FROM input GROUP BY cluster_id) n
    WHERE c.tenant_id = 'default' AND c.id = n.cluster_id RETURNING c.id, c.revision - n.count AS before, c.revision
  ), stepped AS (
    UPDATE cluster_provision_step s SET completed = s.completed + n.count, revision = r.revision, updated_at = now()
    FROM (SELECT step_id, cluster_id, count(*)::int AS count FROM input GROUP BY step_id, cluster_id) n
    JOIN revised r ON r.id = n.cluster_id WHERE s.tenant_id = 'default' AND s.id = n.step_id
  ), counted AS (
    INSERT INTO step_unit (tenant_id, provision_step_id, key, instance_id, state, reports, first_report_at, last_report_at)
    SELECT 'default', step_id, 'i:' || instance, instance, 'SUCCEEDED', 1, now(), now() FROM input
    ON CONFLICT (tenant_id, provision_step_id, key) DO UPDATE SET state = excluded.state, reports = step_unit.reports + 1, last_report_at = now()
  )
  INSERT INTO cluster_event (tenant_id, id, cluster_id, provision_step_id, node_group_id, instance_id, instance_name,
    successful, revision, occurred_at, created_at, updated_at)
  SELECT 'default', i.id, i.cluster_id, step_id, 'workers', instance, i.name, true, r.before + place, now(), now(), now()
  FROM input i JOIN revised r ON r.id = i.cluster_id
  ON CONFLICT (tenant_id, id) DO NOTHING`;

async function reportEvents(_: string, { events }: ReportArguments['input']) {
  await new Promise<void>((resolve, reject) => {
    waiting.push({ events, resolve, reject });
    void write();
  });
  return { results: events.map(({ id }) => ({ id, outcome: 'RECORDED', code: null, reason: null })), steps: [] };
}

const url = await serveOurHttp(reportEvents);

answer({ url: () => url });
