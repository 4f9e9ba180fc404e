import { begin } from '../advance.js';
import { causeOf } from '../causes/cause.js';
import { clusterOf } from '../cluster.js';
import type { Command } from '../command.js';
import { conflict, type ErrorCode, Fault } from '../errors.js';
import type { Report } from '../event.js';
import { age, atMost, errorText, limits, optionalName, uuid } from '../input.js';
import { expectNext, happenedAt, operationOf, recordEvent, settle } from '../series.js';
import { cut, shown } from '../shown.js';
import type { Step } from '../step.js';
import { inTurn } from '../turns.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { place } from './placing.js';
import { expectOpen, expectStep } from './steps.js';

type Given<T> = T | null | undefined;

export interface EventInput {
  id: string;
  stepId: string;
  successful: boolean;
  nodeGroupId?: Given<string>;
  instanceId?: Given<string>;
  instanceName?: Given<string>;
  replacesInstanceId?: Given<string>;
  eventInfo?: Given<string>;
  errorId?: Given<string>;
  fingerprint?: Given<string>;
  ageMs?: Given<number>;
}

export interface ReportResult {
  /** As the reporter gave it; one far too long to be a UUID is cut. */
  readonly id: string;
  readonly outcome: 'RECORDED' | 'DUPLICATE' | 'LATE' | 'REJECTED' | 'DISABLED';
  readonly code: ErrorCode | null;
  readonly reason: string | null;
}

export interface Reported {
  /** One per event, in the order given. */
  readonly results: readonly ReportResult[];
  /** The steps that the events name, as they now stand. */
  readonly steps: readonly Step[];
}

export interface ReportEventsInput {
  readonly events: readonly EventInput[];
}

/** E3: each event is decided by itself; good ones are recorded even when others are not. */
export function reportEvents(tenantId: string, input: ReportEventsInput): Command<Reported> {
  return recording(tenantId, eventsOf(input).map(parsed));
}

/** The same, finding the causes of failures in turns of the event loop: those of a hundred long texts take some 100 ms. */
export async function reportEventsInTurns(tenantId: string, input: ReportEventsInput): Promise<Command<Reported>> {
  const items: Parsed[] = [];
  for (const event of eventsOf(input)) {
    items.push(event.successful ? parsed(event) : await inTurn(() => parsed(event)));
  }
  return recording(tenantId, items);
}

const eventsOf = ({ events }: ReportEventsInput) => atMost('events', limits.events, events);

/** An event as it was given, by its id, and what it says or is refused for. */
interface Parsed {
  readonly given: string;
  readonly report: Report | Fault;
}

const parsed = (event: EventInput): Parsed => ({
  given: cut(event.id, limits.name),
  report: attempt(() => parse(event)),
});

function recording(tenantId: string, items: readonly Parsed[]): Command<Reported> {
  const reports = items.flatMap(({ report }) => (report instanceof Fault ? [] : [report]));
  return {
    readSet: {
      steps: [...new Set(reports.map(({ stepId }) => stepId))].map((id) => ({ tenantId, id })),
      events: reports.map(({ id, stepId }) => ({ tenantId, id, stepId })),
      units: reports.map(({ stepId, nodeGroupId, instanceId, instanceName, replacesInstanceId }) => ({
        tenantId,
        provisionStepId: stepId,
        nodeGroupId,
        instanceId,
        instanceName,
        replacesInstanceId,
      })),
    },
    decide(work) {
      const named = new Set<string>();
      const results = items.map(({ given, report }) => {
        const outcome = report instanceof Fault ? report : attempt(() => record(work, tenantId, report));
        if (!(report instanceof Fault)) named.add(report.stepId);
        return outcome instanceof Fault ? refused(given, outcome) : { id: given, ...outcome };
      });
      const steps = [...named].flatMap((id) => work.step({ tenantId, id }) ?? []);
      return { results, steps: steps.filter((step) => work.cluster(clusterOf(step))) };
    },
  };
}

/** What reporting answers while the event log is switched off (F4). */
export const disabled = (input: ReportEventsInput): Reported => ({
  results: input.events.map(({ id }) => ({
    id: cut(id, limits.name),
    outcome: 'DISABLED',
    code: null,
    reason: 'the event log is switched off',
  })),
  steps: [],
});

type Outcome = Pick<ReportResult, 'outcome' | 'code' | 'reason'>;

const recorded: Outcome = { outcome: 'RECORDED', code: null, reason: null };
const duplicate: Outcome = { outcome: 'DUPLICATE', code: null, reason: null };
const refused = (id: string, { code, message }: Fault): ReportResult => ({
  id,
  outcome: 'REJECTED',
  code,
  reason: message,
});

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
  const eventInfo = errorText(input.eventInfo);
  const fingerprint = optionalName('fingerprint', input.fingerprint);
  const report = {
    id: uuid('id', input.id),
    stepId: uuid('stepId', input.stepId),
    successful: input.successful,
    nodeGroupId: optionalName('nodeGroupId', input.nodeGroupId),
    instanceId: optionalName('instanceId', input.instanceId),
    instanceName: optionalName('instanceName', input.instanceName),
    replacesInstanceId: optionalName('replacesInstanceId', input.replacesInstanceId),
    eventInfo,
    errorId: input.successful ? null : (optionalName('errorId', input.errorId) ?? crypto.randomUUID()),
    cause: input.successful ? null : causeOf(eventInfo, fingerprint),
    ageMs: age('ageMs', input.ageMs),
  };
  expectReplacement(report);
  return report;
}

function expectReplacement({ instanceId, instanceName, replacesInstanceId }: Report): void {
  if (replacesInstanceId === null) return;
  if (instanceId === replacesInstanceId || (instanceId === null && instanceName === null)) {
    const got = instanceId === null ? 'one of no instance' : `itself, ${shown(instanceId)}`;
    const words = `expected replacesInstanceId to be another instance than the one that is reported, got ${got}`;
    throw new Fault('BAD_USER_INPUT', words, { field: 'replacesInstanceId' });
  }
}

/** Records one event, or says that it is known (E2), or throws the Fault it is refused with. */
function record(work: UnitOfWork, tenantId: string, report: Report): Outcome {
  const step = expectStep(work, { tenantId, id: report.stepId }, report.stepId);
  const knownOf = work.knownOf({ tenantId, id: report.id });
  if (knownOf === step.id) return duplicate;
  if (knownOf !== undefined) {
    throw conflict(`expected an id that is not in use, got ${report.id}, which was recorded of step ${knownOf}`);
  }
  const counted = attempt(() => count(work, step, report));
  return counted instanceof Fault ? recordLate(work, step, report, counted) : counted;
}

/** S4, S5: counts a report of a step that takes it, or throws the Fault because of which it does not. */
function count(work: UnitOfWork, step: Step, report: Report): Outcome {
  expectOpen(work, step);
  if (step.state === 'PENDING') expectNext(work, operationOf(work, step), step);
  const at = happenedAt(work, step, report.ageMs);
  const begun = step.state === 'PENDING' ? begin(step, step.total, at) : step;
  const placed = place(work, begun, report, at);

  const { revision } = recordEvent(work, step, report, { late: false, occurredAt: at });
  for (const unit of placed.gone) work.units.remove(unit);
  for (const unit of placed.units) work.units.save({ ...unit, revision });
  settle(work, placed.step, revision);
  return recorded;
}

/**
 * S8: a failure is never thrown away, nor is anything that comes for a step that is closed or of a machine that was
 * replaced: it is recorded as late. A success that the step has no place for, or that comes too early, is refused.
 */
function recordLate(work: UnitOfWork, step: Step, report: Report, fault: Fault): Outcome {
  if (report.successful && (fault.code === 'TOTAL_EXCEEDED' || fault.code === 'STEP_OUT_OF_ORDER')) throw fault;
  recordEvent(work, step, report, { late: true, occurredAt: happenedAt(work, step, report.ageMs) });
  return { outcome: 'LATE', code: fault.code, reason: fault.message };
}
