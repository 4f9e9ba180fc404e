import { keyOf, type Ref } from '../cluster.js';
import type { Event } from '../event.js';
import { earliest, latest } from '../times.js';
import type { Cause } from './cause.js';
import type { StepCause } from './step-cause.js';

/** An event, with the cause of a failure. */
export interface RecordedEvent extends Event {
  readonly cause: Cause | null;
}

/** What the failures of a batch add to a step's cause. */
export type Counted = Omit<StepCause, 'units'>;

/** A failure that begins or ceases to stand (`units`), or that proved wrong (`reports`): its event says of which cause. */
export interface Moved extends Ref {
  readonly units: number;
  readonly reports: number;
}

/** What a batch changes of causes. */
export interface CauseChanges {
  readonly counted: readonly Counted[];
  readonly moved: readonly Moved[];
}

/** The failures of a batch, by step and cause. Late ones move no counter (S8). */
export function counted(events: readonly RecordedEvent[]): Counted[] {
  const byCause = new Map<string, Counted>();
  for (const event of events) {
    if (event.cause === null || event.late || event.withdrawn) continue;
    const { hash, pattern } = event.cause;
    const key = `${keyOf({ tenantId: event.tenantId, id: event.provisionStepId })}/${hash}`;
    const known = byCause.get(key);
    byCause.set(key, {
      tenantId: event.tenantId,
      provisionStepId: event.provisionStepId,
      hash,
      pattern,
      reports: (known?.reports ?? 0) + 1,
      firstSeenAt: earliest(event.occurredAt, known?.firstSeenAt),
      lastSeenAt: latest(event.occurredAt, known?.lastSeenAt),
      sampleId: known?.sampleId ?? event.id,
    });
  }
  return [...byCause.values()];
}

/** The failures that stand now and did not before, and the other way round; those that proved wrong. One that stood and stands is left out. */
export function moved(before: readonly Ref[], after: readonly Ref[], withdrawn: readonly Ref[]): Moved[] {
  const byEvent = new Map<string, Moved>();
  const add = (event: Ref, units: number, reports: number) => {
    const known = byEvent.get(keyOf(event)) ?? { tenantId: event.tenantId, id: event.id, units: 0, reports: 0 };
    byEvent.set(keyOf(event), { ...known, units: known.units + units, reports: known.reports + reports });
  };
  for (const event of before) add(event, -1, 0);
  for (const event of after) add(event, 1, 0);
  for (const event of withdrawn) add(event, 0, -1);
  return [...byEvent.values()].filter(({ units, reports }) => units !== 0 || reports !== 0);
}
