import { expect, test } from 'vitest';
import type { Recorder } from '../../src/domain/record.js';
import { present } from './fixture.js';
import { twoRecorders } from './recorders.js';

const tenantId = 'acme';
const rounds = Array.from({ length: 50 }, (_, round) => round);

const on = twoRecorders();

/** Both servers are asked at once. What was answered, or the code it was refused with. */
const race = async <Answer extends { id: string } | null>(
  ask: (recorder: Recorder, server: 0 | 1) => Promise<Answer>,
) =>
  Promise.all(
    ([0, 1] as const).map((server) =>
      ask(on.recorders[server], server).then(
        (answer) => answer?.id,
        ({ code }) => code,
      ),
    ),
  );

const count = async (table: string, column: string, id: string) =>
  (await on.database.pool.query(`SELECT count(*)::int FROM ${table} WHERE ${column} = $1`, [id])).rows[0].count;

async function cluster(): Promise<string> {
  return (await on.recorders[0].createCluster(tenantId, { name: 'demo' })).id;
}

async function operation(clusterId: string): Promise<string> {
  const started = await on.recorders[0].startOperation(tenantId, { clusterId, type: 'CREATING', steps: [] });
  return present(started).id;
}

test('O3: of one createCluster through two servers at once, one cluster, and both are told of it', async () => {
  for (const _ of rounds) {
    const id = crypto.randomUUID();
    expect(await race((recorder) => recorder.createCluster(tenantId, { id, name: 'demo' }))).toEqual([id, id]);
    expect(await count('cluster', 'id', id)).toBe(1);
  }
});

test('O3: of two createClusters of one id with other content, one is a conflict', async () => {
  for (const _ of rounds) {
    const id = crypto.randomUUID();
    const answers = await race((recorder, server) => recorder.createCluster(tenantId, { id, name: `demo ${server}` }));
    expect(answers.sort()).toEqual([id, 'CONFLICT'].sort());
  }
});

test('O3: of one startOperation through two servers at once, one operation with its steps, and both are told of it', async () => {
  for (const _ of rounds) {
    const [id, clusterId] = [crypto.randomUUID(), await cluster()];
    const steps = [{ id: crypto.randomUUID(), stepName: 'one', total: 2 }, { stepName: 'two' }];
    const input = { id, clusterId, type: 'CREATING' as const, steps };
    expect(await race((recorder) => recorder.startOperation(tenantId, input))).toEqual([id, id]);
    expect(await count('cluster_operation', 'cluster_id', clusterId)).toBe(1);
    expect(await count('cluster_provision_step', 'cluster_id', clusterId)).toBe(2);
  }
});

test('O2, O3: of one startOperation that supersedes, through two servers at once, one operation', async () => {
  for (const _ of rounds) {
    const [id, clusterId] = [crypto.randomUUID(), await cluster()];
    await operation(clusterId);
    const input = { id, clusterId, type: 'CREATING' as const, steps: [], supersede: true };
    expect(await race((recorder) => recorder.startOperation(tenantId, input))).toEqual([id, id]);
    const sql = 'SELECT state FROM cluster_operation WHERE cluster_id = $1 ORDER BY number';
    const { rows } = await on.database.pool.query(sql, [clusterId]);
    expect(rows.map(({ state }) => state)).toEqual(['INTERRUPTED', 'RUNNING']);
  }
});

test('O3: of startOperations of one id on two clusters at once, one is a conflict', async () => {
  for (const _ of rounds) {
    const id = crypto.randomUUID();
    const clusters = [await cluster(), await cluster()] as const;
    const answers = await race((recorder, server) =>
      recorder.startOperation(tenantId, { id, clusterId: clusters[server], type: 'CREATING', steps: [] }),
    );
    expect(answers.sort()).toEqual([id, 'CONFLICT'].sort());
  }
});

test('O3: of planned steps of one id on two clusters at once, one is a conflict', async () => {
  for (const _ of rounds) {
    const steps = [{ id: crypto.randomUUID(), stepName: 'one' }];
    const clusters = [await cluster(), await cluster()] as const;
    const answers = await race((recorder, server) =>
      recorder.startOperation(tenantId, { clusterId: clusters[server], type: 'CREATING', steps }),
    );
    expect(answers.filter((answer) => answer === 'CONFLICT')).toHaveLength(1);
    expect(await count('cluster_provision_step', 'id', present(steps[0]).id)).toBe(1);
  }
});

test('O3: of one addStep through two servers at once, one step, and both are told of it', async () => {
  for (const _ of rounds) {
    const [id, clusterId] = [crypto.randomUUID(), await cluster()];
    const input = { id, operationId: await operation(clusterId), stepName: 'one' };
    expect(await race((recorder) => recorder.addStep(tenantId, input))).toEqual([id, id]);
    expect(await count('cluster_provision_step', 'cluster_id', clusterId)).toBe(1);
  }
});

test('O3: of addSteps of one id on two clusters at once, one is a conflict', async () => {
  for (const _ of rounds) {
    const id = crypto.randomUUID();
    const operations = [await operation(await cluster()), await operation(await cluster())] as const;
    const answers = await race((recorder, server) =>
      recorder.addStep(tenantId, { id, operationId: operations[server], stepName: 'one' }),
    );
    expect(answers.sort()).toEqual([id, 'CONFLICT'].sort());
  }
});

test('E2: of one event for steps of two clusters at once, one is recorded and one is a conflict', async () => {
  for (const _ of rounds) {
    const id = crypto.randomUUID();
    const steps = await Promise.all(
      [0, 1].map(async () => {
        const added = await on.recorders[0].addStep(tenantId, {
          operationId: await operation(await cluster()),
          stepName: 'one',
        });
        return present(added).id;
      }),
    );
    const outcomes = await Promise.all(
      on.recorders.map((recorder, server) =>
        recorder.reportEvents(tenantId, { events: [{ id, stepId: present(steps[server]), successful: false }] }),
      ),
    );
    const told = outcomes.flatMap(({ results }) => results.map(({ outcome, code }) => code ?? outcome));
    expect(told.sort()).toEqual(['CONFLICT', 'RECORDED']);
  }
});
