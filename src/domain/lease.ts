import { derive, recover } from './advance.js';
import { clusterOf } from './cluster.js';
import type { Operation } from './operation.js';
import { isFollowed } from './series.js';
import type { UnitOfWork } from './unit-of-work.js';

/**
 * O7: whatever names an operation or its steps shows that its reporter lives. It renews the lease, and brings back an
 * operation that its lease had ended, as it was: the failure of the interruption is withdrawn, skipped steps are
 * pending again. Called before a command is decided.
 */
export function signOfLife(work: UnitOfWork, operation: Operation): Operation {
  if (operation.state === 'RUNNING') return renewLease(work, operation);
  if (operation.ending !== 'LEASE' || !work.isNewest(operation)) return operation;
  return revive(work, operation);
}

/** Milliseconds for which a sign of life, once stored, stands for those that follow it: reports come by the hundred. */
const granularity = 15_000;

/** Not stored anew as long as less than a hundredth of the lease, and little time, has passed. */
function renewLease(work: UnitOfWork, operation: Operation): Operation {
  const { leaseSeconds, leaseExpiresAt, lastReportAt } = operation;
  const renewed = leaseSeconds === null ? null : expiry(work, leaseSeconds);
  const moved = Math.abs((renewed?.getTime() ?? 0) - (leaseExpiresAt?.getTime() ?? 0));
  const heardAt = work.clock(clusterOf(operation));
  const isRecent = heardAt.getTime() - (lastReportAt ?? operation.startedAt).getTime() < granularity;
  if (isRecent && (leaseSeconds === null || moved < leaseSeconds * 10)) return operation;
  const revision = work.nextRevision(clusterOf(operation));
  // P3: a step of which nothing was heard is alive after all, though it makes no progress.
  for (const step of work.stepsOf(operation)) {
    if (step.stall === 'NO_SIGN_OF_LIFE') work.saveStep({ ...step, stall: 'NO_PROGRESS', dueAt: heardAt }, revision);
  }
  return work.saveOperation({ ...operation, leaseExpiresAt: renewed, lastReportAt: heardAt }, revision);
}

/** Leases are measured by the database's clock as it is, which is what they are judged by. */
export const expiry = (work: UnitOfWork, leaseSeconds: number) => new Date(work.now.getTime() + leaseSeconds * 1000);

function revive(work: UnitOfWork, operation: Operation): Operation {
  const revision = work.nextRevision(clusterOf(operation));
  const revived = reopen(work, operation, revision);
  if (operation.interruptionId !== null) {
    const { tenantId, clusterId, interruptionId } = operation;
    work.withdraw({ tenantId, clusterId, id: interruptionId });
  }
  for (const step of work.stepsOf(operation)) {
    if (step.state === 'SKIPPED') work.saveStep({ ...step, state: 'PENDING' }, revision);
    else if (step.ownFailureId !== null && step.ownFailureId === operation.interruptionId) {
      const at = work.clock(clusterOf(step));
      work.saveStep(derive(recover(step), { at, followed: isFollowed(work, step) }), revision);
    }
  }
  return revived;
}

/** O4, O7: an operation whose end proved wrong runs again. */
export function reopen(work: UnitOfWork, operation: Operation, revision: number): Operation {
  const { leaseSeconds } = operation;
  return work.saveOperation(
    {
      ...operation,
      state: 'RUNNING',
      ending: null,
      reason: null,
      completedAt: null,
      interruptionId: null,
      leaseExpiresAt: leaseSeconds === null ? null : expiry(work, leaseSeconds),
      lastReportAt: work.clock(clusterOf(operation)),
    },
    revision,
  );
}
