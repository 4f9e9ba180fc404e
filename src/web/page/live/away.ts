import type { Operation, Step } from 'stepcast/client';

/** What is remembered of a cluster when nobody looks: operations oldest first, steps in order. */
export interface Remembered {
  readonly operations: readonly Operation[];
  readonly steps: readonly Step[];
}

/**
 * What has happened between two states of a cluster, in words, most important first: `step 4 succeeded`, `3 more units
 * failed`. Empty: nothing of note. `unit` is what a step's work is counted in, such as `instance`.
 */
export function happened(before: Remembered, after: Remembered, unit = 'unit'): string[] {
  return [
    ...operationsOf(before, after),
    ...failuresOf(before, after, unit),
    ...stepsOf(before, after),
    ...stallsOf(before, after),
  ];
}

function operationsOf(before: Remembered, after: Remembered): string[] {
  const known = new Map(before.operations.map((operation) => [operation.id, operation]));
  return after.operations.flatMap(({ id, number, type, state }) => {
    const was = known.get(id);
    const name = `operation ${number} (${type.toLowerCase()})`;
    if (!was) return state === 'RUNNING' ? [`${name} began`] : [`${name} began and ${ended[state]}`];
    return was.state === state ? [] : [`${name} ${ended[state]}`];
  });
}

const ended: Record<Operation['state'], string> = {
  RUNNING: 'is running again',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'was cancelled',
  INTERRUPTED: 'was interrupted',
};

function failuresOf(before: Remembered, after: Remembered, unit: string): string[] {
  const known = new Map(before.steps.map((step) => [step.id, step.failed]));
  const changes = after.steps.map(({ id, failed }) => failed - (known.get(id) ?? 0));
  const failed = sum(changes.filter((change) => change > 0));
  const recovered = -sum(changes.filter((change) => change < 0));
  return [
    ...(failed > 0 ? [`${counted(failed, unit)} failed`] : []),
    ...(recovered > 0 ? [`${counted(recovered, unit)} recovered`] : []),
  ];
}

type Change = 'succeeded' | 'failed' | 'began' | 'skipped' | 'cancelled';

const changes: Record<Step['state'], Change | null> = {
  PENDING: null,
  RUNNING: 'began',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  SKIPPED: 'skipped',
  CANCELLED: 'cancelled',
};
const order: readonly Change[] = ['failed', 'succeeded', 'began', 'skipped', 'cancelled'];

function stepsOf(before: Remembered, after: Remembered): string[] {
  const known = new Map(before.steps.map((step) => [step.id, step.state]));
  const newest = after.operations.at(-1)?.id;
  const changed = after.steps.filter(({ id, state, operationId }) => operationId === newest && known.get(id) !== state);
  return order.flatMap((change) => {
    const positions = changed.filter(({ state }) => changes[state] === change).map(({ position }) => position);
    if (positions.length === 0) return [];
    const isPassive = change === 'skipped' || change === 'cancelled';
    const verb = isPassive ? `${positions.length > 1 ? 'were' : 'was'} ${change}` : change;
    return [`${named(positions)} ${verb}`];
  });
}

function stallsOf(before: Remembered, after: Remembered): string[] {
  const known = new Map(before.steps.map((step) => [step.id, step.stalledSince]));
  const stalled = after.steps.filter(({ id, stalledSince }) => stalledSince !== null && !known.get(id));
  return stalled.length > 0 ? [`${named(stalled.map(({ position }) => position))} stalled`] : [];
}

/** `step 4`, `steps 4 and 6`, `steps 4 to 9`; people count from 1. */
function named(fromZero: readonly number[]): string {
  const positions = fromZero.map((position) => position + 1);
  const [first, last] = [positions[0] ?? 0, positions.at(-1) ?? 0];
  if (positions.length === 1) return `step ${first}`;
  if (last - first === positions.length - 1 && positions.length > 2) return `steps ${first} to ${last}`;
  return `steps ${positions.slice(0, -1).join(', ')} and ${last}`;
}

const sum = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
const counted = (count: number, unit: string) => `${count.toLocaleString('en-GB')} ${unit}${count === 1 ? '' : 's'}`;
