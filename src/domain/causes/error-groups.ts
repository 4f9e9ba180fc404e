import { latest } from '../times.js';
import { isOwn, raisedIn, titleOf } from './cause.js';
import { mergeCauses } from './groups.js';
import { otherCauses, type StepCause } from './step-cause.js';

/** Failures with one cause, of a step or of an operation. */
export interface ErrorGroup {
  /** The same as long as the group's causes are: the least of their hashes. */
  readonly id: string;
  /** What failed, in one line, without what varies. */
  readonly message: string;
  /** Where in the caller's own code, if that is known. */
  readonly raisedIn: string | null;
  /** Failures that were reported. */
  readonly count: number;
  /** Units that stand failed of it, the step's own failure (S5a) counted as one. */
  readonly units: number;
  /** None stands failed of it any more. */
  readonly recovered: boolean;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly sampleId: string;
}

/**
 * C4: the groups of these causes, of one step or of several: those of which most units stand failed first, then those of
 * which most failures came, and what has recovered last. A function of the set of causes: of no order, and of no server.
 */
export function errorGroups(causes: readonly StepCause[]): ErrorGroup[] {
  const byHash = new Map<string, StepCause[]>();
  for (const cause of causes) {
    if (cause.reports <= 0) continue;
    const same = byHash.get(cause.hash);
    if (same) same.push(cause);
    else byHash.set(cause.hash, [cause]);
  }
  const mergeable = [...byHash].filter(([hash]) => hash !== otherCauses && !isOwn(hash));
  const apart = [...byHash].filter(([hash]) => hash === otherCauses || isOwn(hash));
  const merged = mergeCauses(mergeable.map(([hash, rows]) => ({ hash, pattern: rows[0]?.pattern ?? '', rows })));
  return [
    ...merged.map(({ items, pattern }) =>
      groupOf(
        items.flatMap(({ rows }) => rows),
        pattern,
      ),
    ),
    ...apart.map(([, rows]) => groupOf(rows, rows[0]?.pattern ?? '')),
  ].sort(byWeight);
}

function groupOf(causes: readonly StepCause[], pattern: string): ErrorGroup {
  const sum = (number: (cause: StepCause) => number) => causes.reduce((total, cause) => total + number(cause), 0);
  const units = Math.max(
    0,
    sum((cause) => cause.units),
  );
  const first = [...causes].sort(
    (a, b) => Number(a.firstSeenAt) - Number(b.firstSeenAt) || (a.sampleId < b.sampleId ? -1 : 1),
  )[0] as StepCause;
  const { hash } = [...causes].sort((a, b) => (a.hash < b.hash ? -1 : 1))[0] as StepCause;
  return {
    id: hash === otherCauses ? 'others' : hash,
    message: hash === otherCauses ? 'other causes' : titleOf(pattern),
    raisedIn: hash === otherCauses ? null : raisedIn(pattern),
    count: sum(({ reports }) => reports),
    units,
    recovered: units === 0,
    firstSeenAt: first.firstSeenAt,
    lastSeenAt: latest(first.lastSeenAt, ...causes.map(({ lastSeenAt }) => lastSeenAt)),
    sampleId: first.sampleId,
  };
}

const byWeight = (a: ErrorGroup, b: ErrorGroup) =>
  Number(a.recovered) - Number(b.recovered) || b.units - a.units || b.count - a.count || (a.id < b.id ? -1 : 1);
