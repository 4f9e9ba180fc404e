import { derive, quoted, recover } from '../advance.js';
import { type Cause, causeOf } from '../causes/cause.js';
import type { Command } from '../command.js';
import { conflict } from '../errors.js';
import { derivedId } from '../fingerprint.js';
import { age, errorText, optionalName } from '../input.js';
import {
  happenedAt,
  isFollowed,
  openBefore,
  operationOf,
  recordEvent,
  recordFailure,
  settleOperation,
  start,
  wholeFailure,
} from '../series.js';
import { reportedUnits, type Step } from '../step.js';
import { itself, itselfOf } from '../unit.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { isOneUnit } from './placing.js';
import { expectOpen, expectStep, isOpen, save } from './steps.js';

type Given<T> = T | null | undefined;

export interface FinishStepInput {
  stepId: string;
  successful: boolean;
  eventInfo?: Given<string>;
  errorId?: Given<string>;
  fingerprint?: Given<string>;
  ageMs?: Given<number>;
}

/** S10: closes a step whose work is done, or records its own failure (S5a). Said again, it changes nothing. */
export function finishStep(tenantId: string, input: FinishStepInput): Command<Step> {
  const ref = { tenantId, id: input.stepId.toLowerCase() };
  const eventInfo = errorText(input.eventInfo);
  const fingerprint = optionalName('fingerprint', input.fingerprint);
  const errorId = optionalName('errorId', input.errorId);
  const ageMs = age('ageMs', input.ageMs);
  const eventId = derivedId([ref.id, eventInfo]);
  const failure = input.successful ? null : { id: eventId, eventInfo, errorId, cause: causeOf(eventInfo, fingerprint) };
  return {
    readSet: {
      steps: [ref],
      events: [{ tenantId, id: eventId, stepId: ref.id }],
      units: [itselfOf(ref)],
    },
    decide(work) {
      const step = expectStep(work, ref, input.stepId);
      return failure === null ? succeed(work, step, ageMs) : failWhole(work, step, { ...failure, ageMs });
    },
  };
}

/** A step without a total has as many units as were reported. */
function succeed(work: UnitOfWork, step: Step, ageMs: number): Step {
  if (step.state === 'SUCCEEDED') return step;
  expectOpen(work, step);
  const at = happenedAt(work, step, ageMs);
  const begun = step.state === 'PENDING' ? start(work, step, step.total, at) : recover(step);
  if (begun.state === 'SUCCEEDED') return save(work, begun);
  const total = begun.total ?? reportedUnits(begun);
  const missing = total - reportedUnits(begun);
  if (missing > 0)
    throw conflict(unfinished(step, `${missing} of ${total} units have not reported`), { stepId: step.id });
  if (begun.failed > 0)
    throw conflict(unfinished(step, `${begun.failed} of ${total} units stand failed`), { stepId: step.id });
  return save(work, derive({ ...begun, total }, { at, followed: isFollowed(work, step) }));
}

const unfinished = (step: Step, what: string) => `${what}: expected none to finish ${quoted(step)} successfully`;

/**
 * S5a: one failure, however often it is said; other words are kept (S8), the same once. Where reports of no instance
 * speak of the step as its one unit, and that stands failed, the failure is that unit's. Of a closed step it is late.
 */
function failWhole(work: UnitOfWork, step: Step, { ageMs, ...failure }: Failure & { ageMs: number }): Step {
  if (!isOpen(work, step) || !isNext(work, step)) return recordOnce(work, step, { ...failure, late: true }, ageMs);
  if (standsFailed(work, step)) {
    return failure.eventInfo === null ? step : recordOnce(work, step, { ...failure, late: false }, ageMs);
  }
  const at = happenedAt(work, step, ageMs);
  const begun = step.state === 'PENDING' ? start(work, step, step.total, at) : step;
  const { id, ...unnamed } = failure;
  const failed = recordFailure(work, begun, isKnown(work, step, id) ? unnamed : failure, { at });
  settleOperation(work, operationOf(work, failed), failed.revision);
  return failed;
}

interface Failure {
  /** The same of the same words, so that what is said again is known. */
  readonly id: string;
  readonly eventInfo: string | null;
  readonly errorId: string | null;
  readonly cause: Cause;
}

const standsFailed = (work: UnitOfWork, step: Step) =>
  step.ownFailureId !== null || (isOneUnit(step) && work.units.get(step, itself)?.state === 'FAILED');

const isKnown = (work: UnitOfWork, { tenantId }: Step, id: string) => work.knownOf({ tenantId, id }) !== undefined;

const isNext = (work: UnitOfWork, step: Step) =>
  step.state !== 'PENDING' || openBefore(work, operationOf(work, step), step) === undefined;

function recordOnce(work: UnitOfWork, step: Step, failure: Failure & { late: boolean }, ageMs: number): Step {
  if (isKnown(work, step, failure.id)) return step;
  recordEvent(work, step, wholeFailure(failure), { late: failure.late, occurredAt: happenedAt(work, step, ageMs) });
  return step;
}
