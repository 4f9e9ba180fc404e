import { type Cluster, clusterOf } from '../cluster.js';
import { name, optionalName, total, uuid } from '../input.js';
import type { Operation } from '../operation.js';
import { infra } from '../plugin.js';
import { type PlannedStep, type Step, unsupervised } from '../step.js';
import type { UnitOfWork } from '../unit-of-work.js';

type Given<T> = T | null | undefined;

export interface PlannedStepInput {
  id?: Given<string>;
  stepName: string;
  total?: Given<number>;
  source?: Given<string>;
}

/** A step as planned, its values validated. The source is null where the cluster's plugin is meant. */
export function plannedStep(input: PlannedStepInput, index?: number) {
  const field = (name: string) => (index === undefined ? name : `steps.${index}.${name}`);
  const given = {
    stepName: name(field('stepName'), input.stepName),
    total: total(field('total'), input.total),
    source: optionalName(field('source'), input.source),
  };
  const id = input.id == null ? null : uuid(field('id'), input.id);
  return { ...given, id: id ?? crypto.randomUUID(), said: [id, given.stepName, given.total, given.source] };
}

export const withSource = (
  { id, stepName, total, source }: ReturnType<typeof plannedStep>,
  cluster: Cluster | undefined,
): PlannedStep => ({ id, stepName, total, source: source ?? cluster?.pluginName ?? infra });

/** A step of an operation. `fingerprint`: of one that was added by itself; that of a plan is its operation's. */
export function newStep(
  work: UnitOfWork,
  operation: Operation,
  planned: PlannedStep,
  { position, fingerprint = null }: { position: number; fingerprint?: string | null },
): Step {
  const clock = work.clock(clusterOf(operation));
  return {
    ...planned,
    tenantId: operation.tenantId,
    clusterId: operation.clusterId,
    operationId: operation.id,
    stepType: operation.type,
    position,
    fingerprint,
    state: 'PENDING',
    completed: 0,
    failed: 0,
    ownFailureId: null,
    successful: null,
    startedAt: null,
    completedAt: null,
    lastReportAt: null,
    duration: null,
    lastProgressAt: null,
    curve: [],
    ...unsupervised,
    erasedThrough: 0,
    revision: 0,
    createdAt: clock,
    updatedAt: clock,
  };
}
