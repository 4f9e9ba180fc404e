import type { Operation } from 'stepcast/client';

/** What is looked at to tell somebody of an operation who does not look at it. */
export interface Watched {
  readonly operation: Operation;
  /** Units that stand failed. */
  readonly failed: number;
}

/** Each is told once per operation. */
export type Occasion = 'end' | 'failure' | 'stall';

/** What is worth telling that was not so before. */
export function occasions(before: Watched, after: Watched): Occasion[] {
  const hasEnded = before.operation.state === 'RUNNING' && after.operation.state !== 'RUNNING';
  if (hasEnded) return ['end'];
  const hasFailed = before.failed === 0 && after.failed > 0;
  const hasStalled = before.operation.stalledSince === null && after.operation.stalledSince !== null;
  return [...(hasFailed ? (['failure'] as const) : []), ...(hasStalled ? (['stall'] as const) : [])];
}

const ends: Record<Operation['state'], string> = {
  RUNNING: 'running',
  SUCCEEDED: '✓ succeeded',
  FAILED: '✗ failed',
  CANCELLED: 'cancelled',
  INTERRUPTED: '✗ interrupted',
};

/** The title of a notification about a cluster. */
export function titleOf(occasion: Occasion, name: string, { operation, failed }: Watched): string {
  switch (occasion) {
    case 'end':
      return `${name}: ${ends[operation.state]}`;
    case 'failure':
      return `${name}: ✗ ${failed === 1 ? 'a unit has' : `${failed} units have`} failed, it goes on`;
    case 'stall':
      return `${name}: ! makes no progress`;
  }
}
