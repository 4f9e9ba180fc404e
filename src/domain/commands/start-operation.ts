import { type Cluster, clusterOf } from '../cluster.js';
import type { Command } from '../command.js';
import { conflict, Fault } from '../errors.js';
import { fingerprint } from '../fingerprint.js';
import { age, atMost, limits, uuid, whole } from '../input.js';
import { expiry, signOfLife } from '../lease.js';
import type { Operation } from '../operation.js';
import { infra, plan } from '../plugin.js';
import { end, settleOperation } from '../series.js';
import type { StepType } from '../step.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { expectCluster } from './clusters.js';
import { newStep, type PlannedStepInput, plannedStep, withSource } from './planning.js';

type Given<T> = T | null | undefined;

export interface StartOperationInput {
  id?: Given<string>;
  clusterId: string;
  type: StepType;
  steps?: Given<readonly PlannedStepInput[]>;
  autoFinish?: Given<boolean>;
  leaseSeconds?: Given<number>;
  supersede?: Given<boolean>;
  ageMs?: Given<number>;
}

const longestLease = 7 * 24 * 3600;

/**
 * O1, O2, O3: begins a run, and lays out its steps as PENDING: those given, else infra's declared ones, then the
 * plugin's. Said again under the same id, it answers with the operation that is there.
 */
export function startOperation(
  tenantId: string,
  input: StartOperationInput,
  { defaultLeaseSeconds = 0 }: { defaultLeaseSeconds?: number } = {},
): Command<Operation> {
  const cluster = { tenantId, id: input.clusterId.toLowerCase() };
  const started = parse(tenantId, input, defaultLeaseSeconds);
  return {
    readSet: {
      clusters: [cluster],
      plans: [cluster],
      operations: [started.ref],
      steps: (started.steps ?? []).map(({ id }) => ({ tenantId, id })),
    },
    decide(work) {
      const there = work.operation(started.ref);
      if (there) return signOfLife(work, expectSame(work, there, { ...started, clusterId: cluster.id }));
      const row = expectCluster(work, cluster, input.clusterId);
      expectFreeIds(work, tenantId, started.steps ?? []);
      makeWay(work, row, started);
      return begin(work, row, started);
    },
  };
}

type Started = ReturnType<typeof parse>;

function parse(tenantId: string, input: StartOperationInput, defaultLeaseSeconds: number) {
  const seconds = whole('leaseSeconds', input.leaseSeconds ?? defaultLeaseSeconds, 0, longestLease);
  const steps = input.steps == null ? null : atMost('steps', limits.steps, input.steps).map(plannedStep);
  expectDifferentIds(steps ?? []);
  const said = [
    input.clusterId.toLowerCase(),
    input.type,
    steps?.map(({ said }) => said),
    input.leaseSeconds,
    input.autoFinish,
  ];
  return {
    ref: { tenantId, id: input.id == null ? crypto.randomUUID() : uuid('id', input.id) },
    type: input.type,
    steps,
    autoFinish: input.autoFinish ?? true,
    leaseSeconds: seconds === 0 ? null : seconds,
    supersede: input.supersede ?? false,
    ageMs: age('ageMs', input.ageMs),
    fingerprint: input.id == null ? null : fingerprint(said),
  };
}

/** O3: what is there under the id is what was asked for. */
function expectSame(
  work: UnitOfWork,
  there: Operation,
  { ref, clusterId, fingerprint }: Started & { clusterId: string },
): Operation {
  if (!work.cluster(clusterOf(there)) || there.clusterId !== clusterId || there.fingerprint !== fingerprint) {
    throw conflict(`expected an id that is not in use, got ${ref.id}, which another operation has`, {
      field: 'id',
      operationId: there.id,
    });
  }
  return there;
}

function expectDifferentIds(steps: readonly { id: string }[]): void {
  const seen = new Set<string>();
  for (const [index, { id }] of steps.entries()) {
    if (seen.has(id)) {
      const field = `steps.${index}.id`;
      throw new Fault('BAD_USER_INPUT', `expected every step to have an id of its own, got ${id} twice`, { field });
    }
    seen.add(id);
  }
}

function expectFreeIds(work: UnitOfWork, tenantId: string, steps: readonly { id: string }[]): void {
  for (const [index, { id }] of steps.entries()) {
    if (work.step({ tenantId, id })) {
      const details = { field: `steps.${index}.id`, stepId: id };
      throw conflict(`expected an id that is not in use, got ${id}, which another step has`, details);
    }
  }
}

/** O2: one operation runs on a cluster; `supersede` ends the one that does. */
function makeWay(work: UnitOfWork, cluster: Cluster, { supersede, ref }: Started): void {
  const running = work.runningOperation(cluster);
  if (!running) return;
  if (!supersede) {
    throw conflict(
      `expected a cluster that no operation runs on, got one on which ${running.type} runs: ${running.id}`,
      { operationId: running.id },
    );
  }
  end(work, running, { state: 'INTERRUPTED', ending: 'INTERRUPTED', reason: `superseded by operation ${ref.id}` });
}

function begin(work: UnitOfWork, cluster: Cluster, started: Started): Operation {
  const declared = () =>
    plan(started.type, declarers(work, cluster)).map((step) => ({
      ...step,
      id: crypto.randomUUID(),
    }));
  const steps = started.steps?.map((step) => withSource(step, cluster)) ?? declared();
  const revision = work.nextRevision(cluster);
  const operation = work.saveOperation(newOperation(work, cluster, started, steps.length > 0), revision);
  for (const [position, step] of steps.entries()) work.saveStep(newStep(work, operation, step, { position }), revision);
  settleOperation(work, operation, revision);
  return work.operation(started.ref) as Operation;
}

const declarers = (work: UnitOfWork, cluster: Cluster) => [
  work.plugin(cluster.tenantId, infra),
  cluster.pluginName === null || cluster.pluginName === infra
    ? undefined
    : work.plugin(cluster.tenantId, cluster.pluginName),
];

/** O4: one that was started without a plan ends only when its reporter says so. */
function newOperation(work: UnitOfWork, cluster: Cluster, started: Started, planned: boolean): Operation {
  const clock = work.clock(cluster);
  const said = new Date(clock.getTime() - started.ageMs);
  const { type, leaseSeconds, fingerprint } = started;
  return {
    ...started.ref,
    clusterId: cluster.id,
    type,
    state: 'RUNNING',
    ending: null,
    reason: null,
    autoFinish: started.autoFinish && planned,
    number: work.nextRun(cluster),
    leaseSeconds,
    leaseExpiresAt: leaseSeconds === null ? null : expiry(work, leaseSeconds),
    lastReportAt: null,
    interruptionId: null,
    fingerprint,
    revision: 0,
    startedAt: said < cluster.createdAt ? cluster.createdAt : said,
    completedAt: null,
    updatedAt: clock,
  };
}
