import { expect, test } from 'vitest';
import { headline, type Subject } from '../../src/web/page/cluster/headline.js';
import { at, operationOf, runningSince, start, stepOf, succeeded } from '../support/steps.js';

const clock = (time: string) => time.slice(11, 16);
const say = (subject: Partial<Subject>, seconds: number | null = 720) =>
  headline(
    { operation: operationOf(), steps: [], deleted: null, ...subject },
    seconds === null ? null : start + seconds * 1_000,
    clock,
  );
const estimate = { completionAt: at(1_260), earliest: at(1_140), latest: at(1_560), basis: 'EARLIER_RUNS' as const };
const steps = [succeeded(0, 0, 60), runningSince(1, 60), stepOf(2)];

test('says how far it is and until when', () => {
  expect(say({ operation: operationOf({ estimate }), steps })).toEqual({
    look: 'running',
    matter: null,
    sentence: 'Creating – running for 12 min – step 2 of 3 – about 9 min left (7 to 14)',
  });
});

test('counts nothing and estimates nothing while the page is not current', () => {
  expect(say({ operation: operationOf({ estimate }), steps }, null).sentence).toBe(
    'Creating – began at 12:00 – step 2 of 3',
  );
});

test('says what failed first, and how much', () => {
  const counts = { failed: 1, total: 1_000, completed: 998 };
  const failing = runningSince(1, 60, { stepName: 'Waiting for ssh', state: 'FAILED', ...counts });
  expect(say({ steps: [succeeded(0, 0, 60), failing, stepOf(2)] })).toMatchObject({
    look: 'failing',
    matter: 'Waiting for ssh: 1 of 1000 instances failed',
  });
  const later = runningSince(2, 90, { failed: 2 });
  expect(say({ steps: [failing, later] }).matter).toBe(
    'Waiting for ssh: 1 of 1000 instances failed, and 1 later step failed',
  );
});

test('fails before it is stalled, in the list and here: both are told', () => {
  const both = runningSince(0, 60, { state: 'FAILED', failed: 1, stalledSince: at(180), stall: 'NO_PROGRESS' });
  const said = say({ operation: operationOf({ stalledSince: at(180) }), steps: [both] });
  expect(said.look).toBe('failing');
  expect(said.matter).toMatch(/^Step 1 is stalled: no progress for 9 min – Step 1: 1 /);
});

test('says in which way it is stalled, and since when', () => {
  const stalled = { stalledSince: at(180), stall: 'NO_SIGN_OF_LIFE' as const };
  const operation = operationOf({ stalledSince: at(180) });
  const steps = [runningSince(0, 60, stalled)];
  expect(say({ operation, steps })).toMatchObject({
    look: 'stalled',
    matter: 'Step 1 is stalled: no sign of life for 9 min',
  });
  expect(say({ operation, steps }, null).matter).toBe('Step 1 is stalled: no sign of life since 12:03');
  const silent = [{ ...runningSince(0, 60, stalled), stall: 'NO_PROGRESS' as const }];
  expect(say({ operation, steps: silent }).matter).toBe('Step 1 is stalled: no progress for 9 min');
});

test('says how it ended, and how that compares', () => {
  const ended = { completedAt: at(1_080), duration: 1_080_000 };
  const operation = operationOf({ state: 'SUCCEEDED', ...ended });
  const all = [succeeded(0, 0, 1_080)];
  expect(say({ operation, steps: all, usual: 1_200_000 })).toEqual({
    look: 'succeeded',
    matter: null,
    sentence: 'Created in 18 min – 2 min faster than usual – at 12:18',
  });
  expect(say({ operation, steps: all, usual: 1_100_000 }).sentence).toBe('Created in 18 min – at 12:18');
  expect(say({ operation: operationOf({ state: 'CANCELLED', reason: 'not wanted', ...ended }) })).toMatchObject({
    look: 'cancelled',
    matter: null,
    sentence: 'Creating – cancelled after 18 min – at 12:18: not wanted',
  });
  expect(say({ operation: operationOf({ state: 'FAILED', reason: 'no quota', ...ended }) })).toMatchObject({
    look: 'failed',
    matter: 'Failed: no quota',
  });
});

test('says why it was interrupted, and not that the step in which it was has failed', () => {
  const reason = 'no report came for 600 s, the time the operation was leased for';
  const operation = operationOf({ state: 'INTERRUPTED', reason, completedAt: at(700), duration: 700_000 });
  const interrupted = runningSince(1, 60, { state: 'FAILED', failed: 1 });
  expect(say({ operation, steps: [succeeded(0, 0, 60), interrupted] })).toEqual({
    look: 'interrupted',
    matter: `Interrupted: ${reason}`,
    sentence: 'Creating – interrupted after 11 min 40 s – at 12:11',
  });
});

test('says that the cluster is gone, and since when', () => {
  expect(say({ deleted: { at: at(7_500) } })).toMatchObject({
    look: 'deleted',
    matter: 'This cluster was deleted at 14:05',
  });
  expect(say({ deleted: { at: null } }).matter).toBe('This cluster was deleted');
});

test('says what there is to say of what has hardly begun', () => {
  expect(say({ operation: null })).toMatchObject({ look: 'idle', sentence: 'No operation has begun yet' });
  expect(say({}, 40).sentence).toBe('Creating – running for 40 s – no steps are planned yet');
  expect(say({ steps: [stepOf(0), stepOf(1)] }, 40).sentence).toBe(
    'Creating – running for 40 s – nothing was reported yet, 2 steps planned',
  );
});

test('shows no control characters and no more than a line of what others wrote', () => {
  const odd = runningSince(0, 0, { stepName: `a\u202eb\u001b[31m${'x'.repeat(255)}`, failed: 1, total: 2 });
  const { matter } = say({ steps: [odd] });
  expect(matter).toMatch(/^a\\u\{202e\}bx+…: 1 of 2 instances failed$/);
});
