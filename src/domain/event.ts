import type { Cause } from './causes/cause.js';

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
  /** It came when its step was closed, or had no place for it: it moved no counter (S8). */
  readonly late: boolean;
  /** It told of an interruption that proved wrong (O7). */
  readonly withdrawn: boolean;
  /** When it happened, as the reporter said (S9); else when it was recorded. */
  readonly occurredAt: Date;
  /** The event's own place in its cluster's revision (E1). */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** An event as reported, its values validated one by one, its place in the log not yet known. */
export interface Report {
  readonly id: string;
  readonly stepId: string;
  readonly successful: boolean;
  readonly nodeGroupId: string | null;
  readonly instanceId: string | null;
  readonly instanceName: string | null;
  /** S5b: the instance that this one stands in for. */
  readonly replacesInstanceId: string | null;
  readonly eventInfo: string | null;
  readonly errorId: string | null;
  /** Why it failed; null of a success. */
  readonly cause: Cause | null;
  /** Milliseconds since it happened (S9). */
  readonly ageMs: number;
}
