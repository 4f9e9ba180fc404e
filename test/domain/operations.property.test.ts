import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Command } from '../../src/domain/command.js';
import { reportEvents } from '../../src/domain/commands/events.js';
import { finishStep } from '../../src/domain/commands/finish-step.js';
import { finishOperation, heartbeat, interruptOperation } from '../../src/domain/commands/operations.js';
import { addStep, startStep, updateStep } from '../../src/domain/commands/steps.js';
import { Fault } from '../../src/domain/errors.js';
import type { Operation } from '../../src/domain/operation.js';
import { anOperation, now, tenantId } from './rows.js';
import { Database, second } from './timeline.js';

const operationId = anOperation().id;
const reason = ({ leaseExpiresAt }: Operation, at: Date) => (leaseExpiresAt && leaseExpiresAt <= at ? 'late' : null);

const which = fc.nat(4);
const successful = fc.boolean();
const ageMs = fc.constantFrom(0, 0, second, 60 * second);
const action = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      say: fc.constant('report' as const),
      which,
      successful,
      ageMs,
      instanceId: fc.constantFrom(null, 'a', 'b', 'c'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ say: fc.constant('start' as const), which, ageMs }) },
  { weight: 2, arbitrary: fc.record({ say: fc.constant('finish' as const), which, ageMs, successful }) },
  { weight: 1, arbitrary: fc.record({ say: fc.constant('total' as const), which, total: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ say: fc.constant('add' as const), total: fc.option(fc.nat(2)) }) },
  { weight: 1, arbitrary: fc.record({ say: fc.constant('end' as const), successful, ageMs }) },
  { weight: 2, arbitrary: fc.record({ say: fc.constantFrom('overdue' as const, 'heartbeat' as const) }) },
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

function commandOf(database: Database, action: Action): Command<unknown> {
  const { steps } = database;
  const stepId = 'which' in action ? (steps[action.which % steps.length]?.id ?? '') : '';
  if (action.say === 'report') {
    const { instanceId, successful, ageMs } = action;
    return reportEvents(tenantId, { events: [{ id: crypto.randomUUID(), stepId, instanceId, successful, ageMs }] });
  }
  if (action.say === 'start') return startStep(tenantId, { stepId, ageMs: action.ageMs });
  if (action.say === 'finish') return finishStep(tenantId, { ...action, stepId });
  if (action.say === 'total') return updateStep(tenantId, { stepId, total: action.total });
  if (action.say === 'add') return addStep(tenantId, { operationId, stepName: 'added', total: action.total });
  if (action.say === 'end') return finishOperation(tenantId, { ...action, operationId });
  if (action.say === 'heartbeat') return heartbeat(tenantId, { operationId });
  return interruptOperation({ tenantId, id: operationId }, 'LEASE', reason);
}

const leases = { leaseSeconds: 60, leaseExpiresAt: new Date(now.getTime() + 60 * second) };
const clock = fc.constantFrom(0, 1, 1, 30, 90, -30, 3600);

test('O4, O7, S3, S5-S7, S9, S11: whatever is said, in whatever order, and however the clock is set, nothing is at odds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(clock, action), { maxLength: 40 }), (actions) => {
      const database = new Database(leases);
      for (const [seconds, action] of actions) {
        database.after(seconds, (work) => {
          try {
            commandOf(database, action).decide(work);
          } catch (error) {
            if (!(error instanceof Fault)) throw error;
          }
        });
        expectSound(database);
      }
    }),
    { numRuns: 2_000 },
  );
});

function expectSound({ operation, steps, units }: Database): void {
  expect(steps.map(({ position }) => position)).toEqual(steps.map((_, index) => index));
  expect(steps.filter(({ state }) => state === 'RUNNING').length).toBeLessThanOrEqual(1);
  const runs = operation.state === 'RUNNING';
  if (!runs) expect(steps.filter(({ state }) => state === 'PENDING' || state === 'RUNNING')).toEqual([]);
  if (operation.ending === 'COMPLETED') expect(steps.every(({ state }) => state === 'SUCCEEDED')).toBe(true);
  if (runs && operation.autoFinish) expect(steps.every(({ state }) => state === 'SUCCEEDED')).toBe(false);
  expect(operation.completedAt === null).toBe(runs);
  for (const step of steps) {
    const own = Number(step.ownFailureId !== null);
    const failing = units.filter(({ provisionStepId, state }) => provisionStepId === step.id && state === 'FAILED');
    expect(step.failed).toBe(failing.length + own);
    expect(step.completed + step.failed - own).toBeLessThanOrEqual(step.total ?? Number.POSITIVE_INFINITY);
    if (step.state === 'SUCCEEDED') expect([step.failed, step.completed]).toEqual([0, step.total]);
    if (step.completedAt) expect(step.completedAt.getTime()).toBeGreaterThanOrEqual(Number(step.startedAt));
    expect(step.duration ?? 0).toBeGreaterThanOrEqual(0);
    if (operation.completedAt)
      expect(Number(step.completedAt ?? step.startedAt)).toBeLessThanOrEqual(Number(operation.completedAt));
  }
  const starts = steps.flatMap(({ startedAt }) => (startedAt ? [startedAt.getTime()] : []));
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
}
