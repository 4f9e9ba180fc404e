import { advance, begin, quoted } from '../advance.js';
import type { Command } from '../command.js';
import { type ErrorCode, Fault, notFound } from '../errors.js';
import { type Event, type Report, unitOf } from '../event.js';
import { atMost, errorText, limits, optionalName, uuid } from '../input.js';
import type { Operation } from '../operation.js';
import { expectNext, isFollowed, operationOf, renewLease, settle } from '../series.js';
import type { Step } from '../step.js';
import type { World } from '../world.js';

type Given<T> = T | null | undefined;

export interface EventInput {
  id: string;
  stepId: string;
  successful: boolean;
  nodeGroupId?: Given<string>;
  instanceId?: Given<string>;
  instanceName?: Given<string>;
  eventInfo?: Given<string>;
  errorId?: Given<string>;
}

export interface ReportResult {
  /** As the reporter gave it. */
  readonly id: string;
  readonly outcome: 'RECORDED' | 'DUPLICATE' | 'REJECTED' | 'DISABLED';
  readonly code: ErrorCode | null;
  readonly reason: string | null;
}

export interface Reported {
  /** One per event, in the order given. */
  readonly results: readonly ReportResult[];
  /** The steps that changed, as they now stand. */
  readonly steps: readonly Step[];
}

/** E3: each event is judged by itself; good ones are recorded even when others are not. */
export function reportEvents(tenantId: string, input: { events: readonly EventInput[] }): Command<Reported> {
  const items = atMost('events', limits.events, input.events).map((event) => ({
    given: event.id,
    report: attempt(() => parse(event)),
  }));
  const reports = items.flatMap(({ report }) => (report instanceof Fault ? [] : [report]));
  return {
    needs: {
      steps: reports.map((report) => ({ tenantId, id: report.stepId })),
      events: reports.map(({ id }) => ({ tenantId, id })),
      units: reports.flatMap((report) => {
        const unit = unitOf(report);
        return unit === null ? [] : [{ tenantId, provisionStepId: report.stepId, unit }];
      }),
    },
    judge(world) {
      const touched = new Set<string>();
      const results = items.map(({ given, report }) => {
        const outcome = report instanceof Fault ? report : attempt(() => record(world, tenantId, report));
        if (outcome === 'RECORDED') touched.add((report as Report).stepId);
        return result(given, outcome);
      });
      return { results, steps: [...touched].map((id) => world.step({ tenantId, id }) as Step) };
    },
  };
}

/** What reporting answers while the event log is switched off (F4). */
export const disabled = (input: { events: readonly EventInput[] }): Reported => ({
  results: input.events.map(({ id }) => ({
    id,
    outcome: 'DISABLED',
    code: null,
    reason: 'the event log is switched off',
  })),
  steps: [],
});

function result(id: string, outcome: 'RECORDED' | 'DUPLICATE' | Fault): ReportResult {
  if (outcome instanceof Fault) return { id, outcome: 'REJECTED', code: outcome.code, reason: outcome.message };
  return { id, outcome, code: null, reason: null };
}

function attempt<T>(work: () => T): T | Fault {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** E4-E6: an event's values. A failure has an error id, the reporter's or one made here; a success has none. */
function parse(input: EventInput): Report {
  return {
    id: uuid('id', input.id),
    stepId: uuid('stepId', input.stepId),
    successful: input.successful,
    nodeGroupId: optionalName('nodeGroupId', input.nodeGroupId),
    instanceId: optionalName('instanceId', input.instanceId),
    instanceName: optionalName('instanceName', input.instanceName),
    eventInfo: errorText(input.eventInfo),
    errorId: input.successful ? null : (optionalName('errorId', input.errorId) ?? crypto.randomUUID()),
  };
}

/** Records one event, or says that it is known (E2), or throws the Fault it is refused with. */
function record(world: World, tenantId: string, report: Report): 'RECORDED' | 'DUPLICATE' {
  if (world.knows({ tenantId, id: report.id })) return 'DUPLICATE';
  const step = expectReportable(world, tenantId, report);
  const unit = unitOf(report);
  const unitRef = unit === null ? null : { tenantId, provisionStepId: step.id, unit };
  const before = unitRef ? world.unit(unitRef) : undefined;
  const advanced = advance(
    step,
    { before, successful: report.successful },
    { now: world.now, followed: isFollowed(world, step) },
  );

  const revision = world.nextRevision({ tenantId, id: step.clusterId });
  world.addEvent(eventOf(report, step, revision, world.now));
  if (unitRef) world.saveUnit({ ...unitRef, successful: report.successful });
  renewLease(world, operationOf(world, step) as Operation, revision);
  settle(world, advanced, revision);
  return 'RECORDED';
}

/** S4, S8: the step as the report finds it: begun, or begun by it. */
function expectReportable(world: World, tenantId: string, report: Report): Step {
  const step = world.step({ tenantId, id: report.stepId });
  if (!step || !world.cluster({ tenantId, id: step.clusterId })) throw notFound('a step', report.stepId);
  const operation = operationOf(world, step) as Operation;
  if (operation.state !== 'RUNNING') {
    throw new Fault(
      'STEP_CLOSED',
      `expected a step of an operation that runs, got ${quoted(step)}, whose operation is ${operation.state}`,
    );
  }
  if (step.state !== 'PENDING') return step;
  expectNext(world, operation, step);
  if (step.total === null)
    throw new Fault('CONFLICT', `expected ${quoted(step)} to be started first, for its total is not known`);
  return begin(step, step.total, world.now);
}

function eventOf(report: Report, step: Step, revision: number, now: Date): Event {
  return {
    tenantId: step.tenantId,
    id: report.id,
    clusterId: step.clusterId,
    provisionStepId: step.id,
    nodeGroupId: report.nodeGroupId,
    instanceId: report.instanceId,
    instanceName: report.instanceName,
    eventInfo: report.eventInfo,
    successful: report.successful,
    errorId: report.errorId,
    revision,
    createdAt: now,
    updatedAt: now,
  };
}
