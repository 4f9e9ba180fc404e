import type { Ref } from '../cluster.js';
import { clusterOf } from '../cluster.js';
import type { Command } from '../command.js';
import type { Pace } from '../estimate/run.js';
import { verdict } from '../estimate/verdict.js';
import { lastReportAt } from '../operation.js';
import { isFollowed, operationOf } from '../series.js';
import type { Step } from '../step.js';

/**
 * P3: marks a step that stands still, if it does so still. Decided under the cluster's lock, so that of several servers
 * one does it, and a report that came meanwhile is seen. Null where there is nothing to mark. No sign of life itself.
 */
export function markStall(ref: Ref, runs: readonly Pace[], floor: number): Command<Step | null> {
  return {
    readSet: { steps: [ref] },
    decide(work) {
      const step = work.step(ref);
      if (!step || !work.cluster(clusterOf(step))) return null;
      const operation = operationOf(work, step);
      if (operation.state !== 'RUNNING' || isFollowed(work, step)) return null;
      const heardAt = lastReportAt(operation, work.stepsOf(operation));
      const { stall, stalledSince, dueAt } = verdict({ step, heardAt, now: work.now }, runs, floor);
      if (stall === null || (stall === step.stall && stalledSince?.getTime() === step.stalledSince?.getTime()))
        return null;
      return work.saveStep({ ...step, stall, stalledSince, dueAt }, work.nextRevision(clusterOf(step)));
    },
  };
}
