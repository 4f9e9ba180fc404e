import type { Prisma, PrismaClient } from '../../src/storage/generated/client.js';
import type { EventInput, ReportArguments } from './schema.js';

const tenantId = 'default';

/** Milliseconds. By default, Prisma gives up after two seconds, of which a busy machine makes many a report wait more. */
const timeoutMs = { maxWait: 30_000, timeout: 30_000 };

/** `reportEvents` as the tools' own guides lead to it: a Prisma transaction for each report, its row locks for the races. */
export async function record(prisma: PrismaClient, { input }: ReportArguments) {
  const results = [];
  for (const event of input.events) {
    const outcome = await prisma.$transaction((tx) => recordOne(tx, event), timeoutMs);
    results.push({ id: event.id, outcome });
  }
  return { results, steps: [] };
}

/** The same work as ours: the event once, its place in the log, its unit, the step's counters, all or nothing. */
async function recordOne(tx: Prisma.TransactionClient, event: EventInput) {
  const { clusterId } = await tx.clusterProvisionStep.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: event.stepId } },
    select: { clusterId: true },
  });
  const now = new Date();
  // Locks the cluster: one report at a time is judged beneath it.
  const { revision } = await tx.cluster.update({
    where: { tenantId_id: { tenantId, id: clusterId } },
    data: { revision: { increment: 1 }, updatedAt: now },
    select: { revision: true },
  });
  const known = await tx.clusterEvent.findUnique({
    where: { tenantId_id: { tenantId, id: event.id } },
    select: { id: true },
  });
  if (known) return 'DUPLICATE';
  const { stepId, ...values } = event;
  const stamps = { occurredAt: now, createdAt: now, updatedAt: now };
  await tx.clusterEvent.create({
    data: { ...values, ...stamps, tenantId, clusterId, provisionStepId: stepId, revision },
    select: { id: true },
  });
  await count(tx, event, revision, now);
  return 'RECORDED';
}

async function count(tx: Prisma.TransactionClient, event: EventInput, revision: number, now: Date) {
  const id = { tenantId, provisionStepId: event.stepId, key: `i:${event.instanceId}` };
  const before = await tx.stepUnit.findUnique({ where: { tenantId_provisionStepId_key: id } });
  const state = event.successful ? 'SUCCEEDED' : 'FAILED';
  await tx.stepUnit.upsert({
    where: { tenantId_provisionStepId_key: id },
    create: { ...id, instanceId: event.instanceId ?? null, state, reports: 1, firstReportAt: now, lastReportAt: now },
    update: { state, reports: { increment: 1 }, lastReportAt: now },
  });
  const step = await tx.clusterProvisionStep.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id: event.stepId } },
    select: { completed: true, failed: true, total: true },
  });
  const completed = step.completed + Number(event.successful) - Number(before?.state === 'SUCCEEDED');
  const failed = step.failed + Number(!event.successful) - Number(before?.state === 'FAILED');
  const successful = failed > 0 ? false : completed === step.total ? true : null;
  await tx.clusterProvisionStep.update({
    where: { tenantId_id: { tenantId, id: event.stepId } },
    data: {
      completed,
      failed,
      successful,
      state: successful ? 'SUCCEEDED' : successful === false ? 'FAILED' : 'RUNNING',
      completedAt: successful ? now : null,
      revision,
      updatedAt: now,
    },
    select: { id: true },
  });
}
