import fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorGroups } from '../../src/domain/causes/error-groups.js';
import { mostCauses, otherCauses } from '../../src/domain/causes/step-cause.js';
import { createStore } from '../../src/storage/store/store.js';
import { present } from '../rules/fixture.js';
import { twoRecorders } from '../rules/recorders.js';
import { quiet } from '../support/database.js';

const tenantId = 'acme';
const on = twoRecorders();

const reasons = [
  'disk is full',
  'no route to host',
  'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1',
];
const unit = fc.constantFrom('a', 'b', 'c', 'd', null).map((instanceId) => ({ instanceId }));
const report = fc
  .record({
    unit,
    successful: fc.boolean(),
    reason: fc.constantFrom(...reasons),
    replaces: fc.option(fc.constantFrom('a', 'b')),
  })
  .map(({ unit: { instanceId }, successful, reason, replaces }) => ({
    instanceId,
    successful,
    eventInfo: successful ? null : reason,
    replacesInstanceId: instanceId !== null && instanceId !== replaces ? replaces : null,
  }));
const call = fc.oneof(
  { weight: 6, arbitrary: fc.array(report, { minLength: 1, maxLength: 6 }) },
  { weight: 1, arbitrary: fc.constantFrom(...reasons).map((eventInfo) => ({ eventInfo })) },
  { weight: 1, arbitrary: fc.constantFrom({ total: 1 }, { total: 5 }, { successful: true }) },
);

test('C3: in calls at once through two servers, causes equal a recount of the log and of the units', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.option(fc.integer({ min: 1, max: 6 })),
      fc.array(call, { maxLength: 24 }),
      async (total, calls) => {
        const stepId = await begun(total);
        await Promise.all(calls.map((each, index) => make(each, stepId, index)));
        await expectRecount(stepId);
      },
    ),
    { numRuns: 40 },
  );
});

test('C4: the same failures in any order, through any server, are the same groups', async () => {
  const kinds = ['disk', 'memory', 'quota', 'net', 'cpu', 'lease'];
  const failure = fc.record({ n: fc.nat(99), kind: fc.constantFrom(...kinds) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(failure, { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (said, random) => {
        const failures = said.map(({ n, kind }, index) => ({
          instanceId: `i-${index}`,
          successful: false,
          eventInfo: `cannot allocate ${kind} on host-${n}: no ${kind} is left`,
        }));
        const shuffled = failures
          .map((each) => ({ each, at: present(random.next().value) }))
          .sort((a, b) => a.at - b.at);
        const steps = [await begun(100), await begun(100)];
        await Promise.all(failures.map((each, index) => make([each], present(steps[0]), index)));
        await Promise.all(shuffled.map(({ each }, index) => make([each], present(steps[1]), index)));
        const [first, second] = await Promise.all(steps.map(groupsOf));
        expect(second).toEqual(first);
      },
    ),
    { numRuns: 15 },
  );
});

test('C3: a step keeps 200 causes apart, and all others together', async () => {
  const stepId = await begun(null);
  const word = (n: number) =>
    [...n.toString(36).padStart(4, '0')]
      .map((digit) => String.fromCharCode(97 + (Number.parseInt(digit, 36) % 26)))
      .join('') + (n > 9999 ? 'x' : '');
  const words = [...new Set(Array.from({ length: 900 }, (_, n) => word(n * 37)))];
  for (let at = 0; at < words.length; at += 300) {
    const events = words
      .slice(at, at + 300)
      .map((text) => ({ id: crypto.randomUUID(), stepId, instanceId: text, successful: false, eventInfo: text }));
    await on.recorders[0].reportEvents(tenantId, { events });
  }
  const rows = await rowsOf(stepId);
  expect(rows).toHaveLength(mostCauses + 1);
  expect(rows.find(({ hash }) => hash === otherCauses)).toMatchObject({ units: words.length - mostCauses });
  const events = words.map((text) => ({ id: crypto.randomUUID(), stepId, instanceId: text, successful: true }));
  await on.recorders[1].reportEvents(tenantId, { events });
  expect((await rowsOf(stepId)).map(({ units }) => units)).toEqual(Array(mostCauses + 1).fill(0));
  expect((await groupsOf(stepId)).at(-1)).toMatchObject({ recovered: true });
});

type Call = readonly object[] | object;

/** A call of any kind. What the rules refuse is no matter here. */
async function make(call: Call, stepId: string, index: number): Promise<void> {
  const recorder = present(on.recorders[index % 2]);
  const made = Array.isArray(call)
    ? recorder.reportEvents(tenantId, { events: call.map((said) => ({ id: crypto.randomUUID(), stepId, ...said })) })
    : 'total' in call
      ? recorder.updateStep(tenantId, { stepId, ...(call as { total: number }) })
      : recorder.finishStep(tenantId, { stepId, successful: false, ...call });
  await Promise.allSettled([made]);
}

async function begun(total: number | null): Promise<string> {
  const [recorder] = on.recorders;
  const { id: clusterId } = await recorder.createCluster(tenantId, { name: 'demo' });
  const steps = [{ id: crypto.randomUUID(), stepName: 'one', total }, { stepName: 'two' }];
  await recorder.startOperation(tenantId, { clusterId, type: 'CREATING', steps });
  return present(steps[0]?.id);
}

const rowsOf = async (stepId: string) =>
  present(
    (await createStore({ database: on.database, notices: null, log: quiet }).causesOfSteps(tenantId, [stepId]))[0],
  );

/** Groups but for when they were seen, and by which event. */
const groupsOf = async (stepId: string) =>
  errorGroups(await rowsOf(stepId)).map(({ firstSeenAt, lastSeenAt, sampleId, ...group }) => group);

async function expectRecount(stepId: string): Promise<void> {
  const { rows } = await on.database.pool.query<{ cause: string; reports: number; units: number }>(
    `SELECT cause, count(*) FILTER (WHERE NOT late AND NOT withdrawn)::int AS reports,
       (count(*) FILTER (WHERE EXISTS (SELECT FROM step_unit u WHERE u.provision_step_id = $1 AND u.state = 'FAILED' AND u.last_failure_id = e.id))
       + count(*) FILTER (WHERE EXISTS (SELECT FROM cluster_provision_step s WHERE s.id = $1 AND s.own_failure_id = e.id)))::int AS units
     FROM cluster_event e WHERE provision_step_id = $1 AND cause IS NOT NULL GROUP BY cause`,
    [stepId],
  );
  const kept = (await rowsOf(stepId)).map(({ hash, reports, units }) => ({ cause: hash, reports, units }));
  const byCause = (a: { cause: string }, b: { cause: string }) => (a.cause < b.cause ? -1 : 1);
  expect(kept.sort(byCause)).toEqual(rows.filter(({ reports, units }) => reports > 0 || units > 0).sort(byCause));
  const [step] = (await on.database.pool.query('SELECT failed FROM cluster_provision_step WHERE id = $1', [stepId]))
    .rows;
  expect(kept.reduce((sum, { units }) => sum + units, 0)).toBe(step.failed);
}
