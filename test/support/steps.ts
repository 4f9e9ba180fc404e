import type { Operation, Step } from '../../src/client/index.js';

/** When the operations of these tests begin. */
export const start = Date.parse('2026-05-04T12:00:00.000Z');

/** So many seconds after that. */
export const at = (seconds: number): string => new Date(start + seconds * 1_000).toISOString();

/** A running operation of creating a cluster. */
export const operationOf = (over: Partial<Operation> = {}): Operation => ({
  id: 'operation',
  clusterId: 'cluster',
  number: 1,
  type: 'CREATING',
  state: 'RUNNING',
  reason: null,
  autoFinish: true,
  progress: 0,
  leaseExpiresAt: null,
  lastReportAt: null,
  stalledSince: null,
  startedAt: at(0),
  completedAt: null,
  duration: null,
  estimate: null,
  ...over,
});

/** A pending step of ten units. */
export const stepOf = (position: number, over: Partial<Step> = {}): Step => ({
  id: `step-${position}`,
  clusterId: 'cluster',
  operationId: 'operation',
  stepName: `Step ${position + 1}`,
  stepType: 'CREATING',
  source: 'infra',
  position,
  state: 'PENDING',
  completed: 0,
  failed: 0,
  total: 10,
  successful: null,
  startedAt: null,
  completedAt: null,
  duration: null,
  lastReportAt: null,
  stalledSince: null,
  stall: null,
  summary: '',
  createdAt: at(0),
  updatedAt: at(0),
  estimate: null,
  ...over,
});

/** One that succeeded between these seconds. */
export const succeeded = (position: number, from: number, to: number, over: Partial<Step> = {}): Step =>
  stepOf(position, {
    state: 'SUCCEEDED',
    completed: 10,
    successful: true,
    startedAt: at(from),
    completedAt: at(to),
    duration: (to - from) * 1_000,
    lastReportAt: at(to),
    ...over,
  });

/** One that runs since then. */
export const runningSince = (position: number, from: number, over: Partial<Step> = {}): Step =>
  stepOf(position, { state: 'RUNNING', completed: 4, startedAt: at(from), lastReportAt: at(from + 1), ...over });
