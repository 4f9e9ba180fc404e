import { describe, expect, test } from 'vitest';
import { reportEvents } from '../../src/domain/commands/events.js';
import { finishOperation, heartbeat, interruptOperation } from '../../src/domain/commands/operations.js';
import { startStep } from '../../src/domain/commands/steps.js';
import type { Operation } from '../../src/domain/operation.js';
import type { UnitOfWork } from '../../src/domain/unit-of-work.js';
import { anOperation, now, tenantId } from './rows.js';
import { Database, ids, second } from './timeline.js';

const [one, two] = ids;
const operationId = anOperation().id;

const reports = (stepId: string, instanceId: string, over: { ageMs?: number; successful?: boolean } = {}) => {
  const events = [{ id: crypto.randomUUID(), stepId, instanceId, successful: true, ...over }];
  return (work: UnitOfWork) => {
    const { results } = reportEvents(tenantId, { events }).decide(work);
    expect(results).toMatchObject([{ outcome: 'RECORDED' }]);
    return work.changes().events[0];
  };
};
const starts =
  (stepId: string, ageMs = 0) =>
  (work: UnitOfWork) =>
    startStep(tenantId, { stepId, ageMs }).decide(work);

/** Nothing is negative, and nothing is before what it follows. */
function expectInOrder({ operation, steps, cluster }: Database): void {
  const times = [operation.startedAt, ...steps.flatMap(({ startedAt, completedAt }) => [startedAt, completedAt])];
  const known = times.flatMap((time) => (time === null ? [] : [time.getTime()]));
  expect(known).toEqual([...known].sort((a, b) => a - b));
  for (const { duration } of steps) expect(duration ?? 0).toBeGreaterThanOrEqual(0);
  const last = operation.completedAt ?? operation.startedAt;
  if (operation.completedAt) expect(known.at(-1)).toBeLessThanOrEqual(last.getTime());
  expect(cluster?.updatedAt.getTime()).toBeGreaterThanOrEqual(last.getTime());
}

describe('S9: a clock that is set', () => {
  test.each([[-30], [-3600], [3600], [30]])('S9: by %d s, in the middle of a step', (set) => {
    const database = new Database();
    const events = [
      database.after(1, reports(one, 'a')),
      database.after(set, reports(one, 'b')),
      database.after(1, reports(two, 'a')),
      database.after(-set, reports(two, 'b')),
    ];
    expect(database.operation).toMatchObject({ state: 'SUCCEEDED' });
    expectInOrder(database);
    const recorded = events.map((event) => event?.createdAt.getTime() ?? 0);
    expect(recorded).toEqual([...recorded].sort((a, b) => a - b));
  });

  test('S9: set back, an age is counted from the time that was reached', () => {
    const database = new Database();
    database.after(60, starts(one));
    database.after(60, reports(one, 'a'));
    database.after(-90, reports(one, 'b', { ageMs: 10 * second }));
    expectInOrder(database);
    expect(database.steps[0]).toMatchObject({ state: 'SUCCEEDED', duration: 60 * second });
  });

  test('O7: set back, a lease is not longer than it is', () => {
    const database = new Database({ leaseSeconds: 60, leaseExpiresAt: new Date(now.getTime() + 60 * second) });
    database.after(-3600, (work) => heartbeat(tenantId, { operationId }).decide(work));
    const clock = now.getTime() - 3600 * second;
    expect(database.operation.leaseExpiresAt).toEqual(new Date(clock + 60 * second));
  });

  test('O7: set forward past a lease, the end that follows does not stay', () => {
    const database = new Database({ leaseSeconds: 60, leaseExpiresAt: new Date(now.getTime() + 60 * second) });
    database.after(1, reports(one, 'a'));
    const ref = { tenantId, id: operationId };
    const overdue = ({ leaseExpiresAt }: Operation, at: Date) =>
      leaseExpiresAt && leaseExpiresAt <= at ? 'no report came' : null;
    expect(database.after(3600, (work) => interruptOperation(ref, 'LEASE', overdue).decide(work))).toMatchObject({
      state: 'INTERRUPTED',
    });
    database.after(-3590, reports(one, 'b'));
    expect(database.operation).toMatchObject({ state: 'RUNNING', completedAt: null, reason: null });
    expect(database.steps[0]).toMatchObject({ state: 'SUCCEEDED', completed: 2, failed: 0 });
    expect(database.after(1, (work) => interruptOperation(ref, 'LEASE', overdue).decide(work))).toBeNull();
    expectInOrder(database);
  });

  test('S9: set back, an operation does not end before its steps', () => {
    const database = new Database();
    database.after(60, reports(one, 'a'));
    database.after(-120, (work) => finishOperation(tenantId, { operationId, successful: false }).decide(work));
    expectInOrder(database);
    expect(database.operation).toMatchObject({ state: 'FAILED', completedAt: new Date(now.getTime() + 60 * second) });
  });
});

describe('S9: cut off', () => {
  test('S9: for 6 s, while two steps of 3 s pass: 3 s and 3 s', () => {
    const database = new Database();
    database.after(6, (work) => {
      starts(one, 6 * second)(work);
      reports(one, 'a', { ageMs: 5 * second })(work);
      reports(one, 'b', { ageMs: 3 * second })(work);
      starts(two, 3 * second)(work);
      reports(two, 'a', { ageMs: second })(work);
      reports(two, 'b')(work);
    });
    expect(database.steps.map(({ duration }) => duration)).toEqual([3 * second, 3 * second]);
    expect(database.operation.completedAt).toEqual(new Date(now.getTime() + 6 * second));
  });

  test('O7, S9: and interrupted meanwhile: as if it had not been', () => {
    const database = new Database({ leaseSeconds: 2, leaseExpiresAt: now });
    database.after(0, starts(one));
    const ref = { tenantId, id: operationId };
    database.after(5, (work) => interruptOperation(ref, 'LEASE', () => 'no report came').decide(work));
    expect(database.steps.map(({ state }) => state)).toEqual(['FAILED', 'SKIPPED']);
    database.after(1, (work) => {
      reports(one, 'a', { ageMs: 5 * second })(work);
      reports(one, 'b', { ageMs: 3 * second })(work);
      starts(two, 3 * second)(work);
      reports(two, 'a', { ageMs: second })(work);
      reports(two, 'b')(work);
    });
    expect(database.steps.map(({ duration, state }) => [duration, state])).toEqual(
      Array(2).fill([3 * second, 'SUCCEEDED']),
    );
    expectInOrder(database);
  });
});
