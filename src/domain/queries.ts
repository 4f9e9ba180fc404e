import type { Event } from './event.js';
import type { OperationState } from './operation.js';
import type { StepType } from './step.js';
import type { UnitState } from './unit.js';

/** What a page or a message holds at most: rows, and bytes of texts with which it ends, though it has one row at least. */
export const pageLimits = { rows: 500, bytes: 512 * 1024 } as const;

/**
 * A keyset page, in the list's own order: of the rows beyond the key `after` and short of the key `before`, the first so
 * many, or with `backward` the last so many.
 */
export interface Page<Key> {
  readonly first: number;
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
  readonly backward?: boolean | undefined;
}

/** Which clusters: all conditions hold. */
export interface ClusterFilter {
  readonly ids?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  /** A part of the name, whatever its case. */
  readonly name?: string | undefined;
  readonly pluginName?: readonly string[] | undefined;
  /** State and type of the newest operation. */
  readonly state?: readonly OperationState[] | undefined;
  readonly type?: StepType | undefined;
  /** Whether an operation runs. */
  readonly running?: boolean | undefined;
  /** Whether a step of the running operation has failed units (S6). */
  readonly failing?: boolean | undefined;
  /** Whether a step of the running operation is stalled (P3). */
  readonly stalled?: boolean | undefined;
  readonly updatedSince?: Date | undefined;
  /** Deleted ones alone, instead of those that are there. */
  readonly deleted?: boolean | undefined;
}

export interface ClusterOrder {
  readonly field: 'CREATED_AT' | 'UPDATED_AT' | 'NAME';
  readonly direction: 'ASC' | 'DESC';
}

/** A cluster's place in a list: what the list is ordered by, then its id. */
export interface ClusterKey {
  readonly value: Date | string;
  readonly id: string;
}

/** Without an order: newest first. */
export interface ClusterPage extends Page<ClusterKey> {
  readonly order?: ClusterOrder | undefined;
}

/** How many clusters there are of each kind; one may be of several. */
export interface ClusterCounts {
  readonly all: number;
  /** An operation runs. */
  readonly running: number;
  /** The newest operation ended as FAILED or INTERRUPTED. */
  readonly failed: number;
  /** A step of the running operation has failed units. */
  readonly failing: number;
  /** A step of the running operation is stalled. */
  readonly stalled: number;
  /** No operation runs. */
  readonly idle: number;
}

/** Which events: all conditions hold. Ids need not be UUIDs: one that is none is no event's. */
export interface EventConditions {
  readonly operationId?: string | undefined;
  readonly successful?: boolean | undefined;
  readonly nodeGroupId?: string | undefined;
  readonly instanceId?: string | undefined;
  readonly instanceName?: string | undefined;
  /** Recorded then or later. */
  readonly since?: Date | undefined;
  /** Recorded before then. */
  readonly until?: Date | undefined;
  /** A part of `eventInfo`, of the instance's id or name, or of the node group, whatever its case. */
  readonly text?: string | undefined;
}

/** Bytes of `eventInfo` after which each page ends early, and beyond which none is read, all pages together; null: it is not read at all. */
export type Texts = { readonly page: number; readonly all: number } | null;

/** A cluster's log, or one step's part of it. */
export interface LogRef {
  readonly clusterId: string;
  readonly stepId?: string | undefined;
}

/** The same page of several logs; the key is the event's revision. */
export interface LogPages extends Page<number> {
  readonly conditions?: EventConditions | undefined;
  readonly texts: Texts;
}

/** One of several pages of events, all read at one moment. */
export interface LogPart {
  readonly events: readonly Event[];
  /** Whether it ended early, because of the texts of the page. */
  readonly cut: boolean;
  /** Whether texts are missing, because those of all pages came to too much. */
  readonly excessive: boolean;
  /** The revision up to which was looked, if the search ended before the page was full though there may be more; else null. */
  readonly end: number | null;
}

/** A failure's place among those of all clusters. */
export interface FailureKey {
  readonly createdAt: Date;
  readonly revision: number;
  readonly id: string;
}

export interface FailurePage extends Page<FailureKey> {
  /** Recorded then or later. */
  readonly since?: Date | undefined;
  readonly texts: Texts;
}

/** A place among units: `at` is null where they are ordered by key alone. */
export interface UnitKey {
  readonly at: Date | null;
  readonly key: string;
}

export interface UnitPage extends Page<UnitKey> {
  readonly order: 'KEY' | 'LAST_REPORT_OLDEST_FIRST';
  readonly state?: UnitState | undefined;
  readonly nodeGroupId?: string | undefined;
  /** A part of the instance's id or name, whatever its case. */
  readonly text?: string | undefined;
}
