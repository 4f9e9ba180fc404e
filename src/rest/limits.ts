import { pageLimits } from '../domain/queries.js';

/** Rows of a page. */
export const pageRows = { usual: 100, most: pageLimits.rows } as const;

/** Steps that one request may read, of all its clusters together. */
export const stepRows = 20_000;

/** Bytes of texts (`event_info`, `status_description`) with which a page ends. It has one row at least. */
export const textBytes = pageLimits.bytes;

/** The newest events of a cluster that `show_progress` adds to its steps, at most; and so many failures from before them. */
export const progressEvents = 1_000;
