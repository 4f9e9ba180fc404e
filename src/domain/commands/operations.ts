import type { Cluster, Ref } from '../cluster.js';
import type { Command } from '../command.js';
import { Fault, notFound } from '../errors.js';
import { atMost, errorText, limits, name, optionalName, total, whole } from '../input.js';
import type { Operation } from '../operation.js';
import { infra, plan } from '../plugin.js';
import { end } from '../series.js';
import type { PlannedStep, Step, StepType } from '../step.js';
import type { World } from '../world.js';
import { expectCluster } from './clusters.js';

type Given<T> = T | null | undefined;

export interface PlannedStepInput {
  stepName: string;
  total?: Given<number>;
  source?: Given<string>;
}

export interface StartOperationInput {
  clusterId: string;
  type: StepType;
  steps?: Given<readonly PlannedStepInput[]>;
  leaseSeconds?: Given<number>;
}

const longestLease = 7 * 24 * 3600;

/** S1, S2: begins a run, and lays out its steps as PENDING: those given, else infra's declared ones, then the plugin's. */
export function startOperation(tenantId: string, input: StartOperationInput): Command<Operation> {
  const ref = { tenantId, id: input.clusterId.toLowerCase() };
  const leaseSeconds = input.leaseSeconds == null ? null : whole('leaseSeconds', input.leaseSeconds, 1, longestLease);
  const given = input.steps && atMost('steps', limits.steps, input.steps).map(plannedStep);
  return {
    needs: { clusters: [ref], plans: [ref] },
    judge(world) {
      const cluster = expectCluster(world, ref, input.clusterId);
      expectIdle(world, cluster);
      const steps = given?.map((step) => withSource(step, cluster)) ?? plan(input.type, declarers(world, cluster));
      const revision = world.nextRevision(cluster);
      const operation = world.saveOperation(newOperation(world, cluster, input.type, leaseSeconds), revision);
      for (const [position, step] of steps.entries())
        world.saveStep(newStep(world, operation, step, position), revision);
      return operation;
    },
  };
}

function expectIdle(world: World, cluster: Cluster): void {
  const running = world.runningOperation(cluster);
  if (!running) return;
  throw new Fault(
    'CONFLICT',
    `expected a cluster that no operation runs on, got one on which ${running.type} runs: ${running.id}`,
  );
}

const declarers = (world: World, cluster: Cluster) => [
  world.plugin(cluster.tenantId, infra),
  cluster.pluginName === null || cluster.pluginName === infra
    ? undefined
    : world.plugin(cluster.tenantId, cluster.pluginName),
];

function newOperation(world: World, cluster: Cluster, type: StepType, leaseSeconds: number | null): Operation {
  return {
    tenantId: cluster.tenantId,
    id: crypto.randomUUID(),
    clusterId: cluster.id,
    type,
    state: 'RUNNING',
    number: world.nextRun(cluster),
    leaseSeconds,
    leaseExpiresAt: leaseSeconds === null ? null : new Date(world.now.getTime() + leaseSeconds * 1000),
    revision: 0,
    startedAt: world.now,
    completedAt: null,
    updatedAt: world.now,
  };
}

/** A step as planned, its values judged. The source is null where the cluster's plugin is meant. */
export function plannedStep(input: PlannedStepInput) {
  return {
    stepName: name('stepName', input.stepName),
    total: total('total', input.total),
    source: optionalName('source', input.source),
  };
}

export const withSource = (step: ReturnType<typeof plannedStep>, cluster: Cluster | undefined): PlannedStep => ({
  ...step,
  source: step.source ?? cluster?.pluginName ?? infra,
});

export function newStep(world: World, operation: Operation, planned: PlannedStep, position: number): Step {
  return {
    ...planned,
    tenantId: operation.tenantId,
    id: crypto.randomUUID(),
    clusterId: operation.clusterId,
    operationId: operation.id,
    stepType: operation.type,
    position,
    state: 'PENDING',
    completed: 0,
    failed: 0,
    successful: null,
    startedAt: null,
    completedAt: null,
    duration: null,
    erasedThrough: 0,
    revision: 0,
    createdAt: world.now,
    updatedAt: world.now,
  };
}

export interface FinishOperationInput {
  operationId: string;
  successful: boolean;
  reason?: Given<string>;
}

/** S11: the reporter decides how an operation ended. Said again, it changes nothing; said otherwise, CONFLICT. */
export function finishOperation(tenantId: string, input: FinishOperationInput): Command<Operation> {
  const ref = { tenantId, id: input.operationId.toLowerCase() };
  const state = input.successful ? 'SUCCEEDED' : 'FAILED';
  const reason = errorText(input.reason);
  return {
    needs: { operations: [ref] },
    judge(world) {
      const operation = expectOperation(world, ref, input.operationId);
      if (operation.state === state) return operation;
      expectRunning(operation);
      return end(world, operation, state, reason);
    },
  };
}

/** S11, S12: ends an operation nobody will finish. Null when it has ended meanwhile. */
export function interruptOperation(
  ref: Ref,
  reason: (operation: Operation, now: Date) => string | null,
): Command<Operation | null> {
  return {
    needs: { operations: [ref] },
    judge(world) {
      const operation = world.operation(ref);
      if (operation?.state !== 'RUNNING') return null;
      const why = reason(operation, world.now);
      return why === null ? null : end(world, operation, 'INTERRUPTED', why);
    },
  };
}

export function expectOperation(world: World, ref: Ref, given: string): Operation {
  const operation = world.operation(ref);
  if (!operation || !world.cluster({ tenantId: ref.tenantId, id: operation.clusterId }))
    throw notFound('an operation', given);
  return operation;
}

export function expectRunning(operation: Operation): void {
  if (operation.state === 'RUNNING') return;
  throw new Fault('CONFLICT', `expected an operation that runs, got ${operation.id}, which is ${operation.state}`);
}
