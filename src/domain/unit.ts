import type { Ref } from './cluster.js';

export type UnitState = 'SUCCEEDED' | 'FAILED' | 'REPLACED';

/** One thing a step does its work on, usually an instance, and what was recorded last of it (S5). */
export interface Unit {
  readonly tenantId: string;
  readonly provisionStepId: string;
  /** Its identity within the step, as far as it is known: `unitKey`. */
  readonly key: string;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
  readonly state: UnitState;
  /** How many reports of it were recorded. */
  readonly reports: number;
  readonly firstReportAt: Date;
  readonly lastReportAt: Date;
  /** The event of its last failure, even if a later attempt went well. */
  readonly lastFailureId: string | null;
  /** The cluster's when it was last changed. */
  readonly revision: number;
}

/** What a report says of the instance it speaks of. */
export interface Identity {
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
}

/** The units of a step that a report may speak of. */
export interface UnitRef extends Identity {
  readonly tenantId: string;
  readonly provisionStepId: string;
  readonly replacesInstanceId: string | null;
}

/** The step itself, where reports of no instance speak of it as its one unit (S5a). */
export const itself = 's:';

export const keyOfInstance = (instanceId: string) => `i:${instanceId}`;

/** No two have the same: where the group's name ends is said before it. */
export const keyOfName = (nodeGroupId: string | null, instanceName: string) =>
  `n:${nodeGroupId === null ? '' : `${nodeGroupId.length}:${nodeGroupId}`}/${instanceName}`;

/** What a report of no instance may speak of. */
export const itselfOf = ({ tenantId, id }: Ref): UnitRef => ({
  ...{ tenantId, provisionStepId: id },
  ...{ nodeGroupId: null, instanceId: null, instanceName: null, replacesInstanceId: null },
});

/** The key of a unit that is known by its id, else by its name within its group, else as the step itself. */
export function unitKey({ nodeGroupId, instanceId, instanceName }: Identity): string {
  if (instanceId !== null) return keyOfInstance(instanceId);
  return instanceName === null ? itself : keyOfName(nodeGroupId, instanceName);
}

/** The keys under which a unit that a report speaks of, or replaces, may be kept; those known by another name than the key's apart. */
export function keysOf({ nodeGroupId, instanceId, instanceName, replacesInstanceId }: UnitRef): string[] {
  return [
    ...(instanceId === null ? [] : [keyOfInstance(instanceId)]),
    ...(replacesInstanceId === null ? [] : [keyOfInstance(replacesInstanceId)]),
    ...(instanceName === null ? [] : [keyOfName(null, instanceName)]),
    ...(instanceName === null || nodeGroupId === null ? [] : [keyOfName(nodeGroupId, instanceName)]),
    ...(instanceId === null && instanceName === null ? [itself] : []),
  ];
}

export const stepOf = ({ tenantId, provisionStepId }: Pick<Unit, 'tenantId' | 'provisionStepId'>): Ref => ({
  tenantId,
  id: provisionStepId,
});
