import type { Target } from '../support/fleet.js';
import { peerDatabase } from './database.js';
import { store } from './rows.js';
import type { ReportArguments } from './schema.js';

/** What a report is answered with, and the message that subscribers of its cluster are to get. */
export interface Reported {
  readonly answer: { readonly results: object[]; readonly steps: object[] };
  readonly clusterProgress: object;
}

/** Takes reports of one cluster as the simplest server does that loses none: a bare commit for each, then the answer. */
export async function durable() {
  const { pool } = await peerDatabase();
  let followed: { cluster: object; step: object; clusterId: string } | null = null;
  return {
    /** What is reported of from now on. */
    async target({ clusterId, stepIds: [stepId] }: Target): Promise<void> {
      const [cluster, step] = await Promise.all([
        pool.query(clusterFields, [clusterId]),
        pool.query(stepFields, [stepId]),
      ]);
      followed = { clusterId, cluster: cluster.rows[0], step: step.rows[0] };
    },
    async report({ input: { events } }: ReportArguments): Promise<Reported> {
      if (followed === null || events[0] === undefined) throw new Error('expected a target and an event');
      const { clusterId, cluster, step } = followed;
      const { revision, completed } = await store(pool, clusterId, events[0].stepId, events);
      const updatedAt = new Date().toISOString();
      const summary = `${completed} of 1000000 completed`;
      return {
        answer: { results: events.map(({ id }) => ({ id, outcome: 'RECORDED' })), steps: [] },
        clusterProgress: {
          revision,
          snapshot: false,
          cluster: { ...cluster, revision, updatedAt },
          operations: [],
          steps: [{ ...step, completed, summary }],
        },
      };
    },
  };
}

const clusterFields = `SELECT id, name, status, status_description AS "statusDescription" FROM cluster
  WHERE tenant_id = 'default' AND id = $1`;

const stepFields = `SELECT id, operation_id AS "operationId", step_name AS "stepName", step_type AS "stepType", position, state,
  failed, total, successful, to_json(started_at) AS "startedAt", completed_at AS "completedAt", duration
  FROM cluster_provision_step WHERE tenant_id = 'default' AND id = $1`;
