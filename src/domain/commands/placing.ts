import { advance, fail, quoted, recover } from '../advance.js';
import { conflict } from '../errors.js';
import type { Report } from '../event.js';
import { isFollowed } from '../series.js';
import { shown } from '../shown.js';
import type { Step } from '../step.js';
import { earliest, latest } from '../times.js';
import { type Identity, keyOfInstance, type Unit, type UnitState, unitKey } from '../unit.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** A unit before it has its place in the cluster's log. */
export type Placing = Omit<Unit, 'revision'>;

/** What a report makes of its step and of the units it speaks of. Nothing of it is saved yet. */
export interface Placed {
  readonly step: Step;
  readonly units: readonly Placing[];
  /** Units that are kept under another key now, or as part of another. */
  readonly gone: readonly Unit[];
}

/** S5: counts a report for the unit it speaks of. Throws the Fault because of which the step cannot count it (S5b, S7). */
export function place(work: UnitOfWork, step: Step, report: Report, at: Date): Placed {
  const standing = { at, followed: isFollowed(work, step) };
  if (isOfNobody(report) && !isOneUnit(step)) {
    const counted = report.successful
      ? advance(step, { before: [], successful: true }, standing)
      : fail(step, report.id, standing);
    return { step: counted, units: [], gone: [] };
  }
  const { known, merged, replaced } = find(work, step, report);
  const before = [known, merged, replaced].flatMap((unit) => unit?.state ?? []);
  const open = isOfNobody(report) && report.successful ? recover(step) : step;
  const counted = advance(open, { before, successful: report.successful }, standing);
  const unit = reported(step, report, { known, merged, at });
  const gone = [known, merged].filter((other) => other !== undefined && other.key !== unit.key) as Unit[];
  return { step: counted, units: [unit, ...replacement(step, report, replaced, at)], gone };
}

const isOfNobody = ({ instanceId, instanceName }: Report) => instanceId === null && instanceName === null;

/** S5a: reports of no instance speak of such a step itself, as its one unit. */
export const isOneUnit = ({ total }: Pick<Step, 'total'>) => total === null || total === 1;

interface Found {
  readonly known: Unit | undefined;
  /** A unit known by name until this report said that it is the known one. */
  readonly merged: Unit | undefined;
  readonly replaced: Unit | undefined;
}

function find(work: UnitOfWork, step: Step, report: Report): Found {
  const replaced =
    report.replacesInstanceId === null ? undefined : work.units.get(step, keyOfInstance(report.replacesInstanceId));
  const named = work.units.findByName(step, report);
  const unit = work.units.get(step, unitKey(report)) ?? named;
  const known = unit && unit === replaced ? undefined : unit;
  const merged = report.instanceId === null || named === known ? undefined : named;
  if (known?.state === 'REPLACED' && report.replacesInstanceId === null) {
    throw conflict(
      `expected a unit that counts, got ${shown(known.instanceId)} of ${quoted(step)}, which was replaced`,
      {
        stepId: step.id,
      },
    );
  }
  return { known, merged, replaced };
}

/** The unit as the report leaves it: what it says, and what was known before. */
function reported(
  step: Step,
  report: Report,
  { known, merged, at }: { known: Unit | undefined; merged: Unit | undefined; at: Date },
): Placing {
  const former = [known, merged].filter((unit) => unit !== undefined);
  const learnt = <Field extends keyof Identity>(field: Field) =>
    report[field] ?? former.map((unit) => unit[field]).find((value) => value !== null) ?? null;
  const identity = {
    nodeGroupId: learnt('nodeGroupId'),
    instanceId: learnt('instanceId'),
    instanceName: learnt('instanceName'),
  };
  const failures = former.flatMap(({ lastFailureId }) => lastFailureId ?? []);
  return {
    tenantId: step.tenantId,
    provisionStepId: step.id,
    key: unitKey(identity),
    ...identity,
    state: stateOf(report),
    reports: former.reduce((sum, { reports }) => sum + reports, 1),
    firstReportAt: earliest(at, ...former.map(({ firstReportAt }) => firstReportAt)),
    lastReportAt: latest(at, ...former.map(({ lastReportAt }) => lastReportAt)),
    lastFailureId: report.successful ? (failures[0] ?? null) : report.id,
  };
}

const stateOf = ({ successful }: Report): UnitState => (successful ? 'SUCCEEDED' : 'FAILED');

/** S5b: the unit that no longer counts; it may never have reported, and must not count when it does. */
function replacement(step: Step, { replacesInstanceId }: Report, replaced: Unit | undefined, at: Date): Placing[] {
  if (replacesInstanceId === null || replaced?.state === 'REPLACED') return [];
  if (replaced) return [{ ...replaced, state: 'REPLACED' }];
  const identity = { nodeGroupId: null, instanceId: replacesInstanceId, instanceName: null };
  return [
    {
      tenantId: step.tenantId,
      provisionStepId: step.id,
      key: unitKey(identity),
      ...identity,
      state: 'REPLACED',
      reports: 0,
      firstReportAt: at,
      lastReportAt: at,
      lastFailureId: null,
    },
  ];
}
