/** What was reported of one unit. */
export interface Event {
  readonly tenantId: string;
  /** The reporter's own UUID (E2), lower case. */
  readonly id: string;
  readonly clusterId: string;
  readonly provisionStepId: string;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
  /** Null for a success; the error with its traceback for a failure. */
  readonly eventInfo: string | null;
  readonly successful: boolean;
  readonly errorId: string | null;
  /** The event's own place in its cluster's revision (E1). */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An event as reported, its values judged one by one, its place in the log not yet known. */
export interface Report {
  readonly id: string;
  readonly stepId: string;
  readonly successful: boolean;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
  readonly eventInfo: string | null;
  readonly errorId: string | null;
}

/** S5: the unit a report speaks of; null when the event itself is the unit. */
export function unitOf(report: Pick<Report, 'instanceId' | 'instanceName'>): string | null {
  if (report.instanceId !== null) return `i:${report.instanceId}`;
  if (report.instanceName !== null) return `n:${report.instanceName}`;
  return null;
}
