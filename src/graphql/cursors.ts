import { z } from 'zod';
import { Fault } from '../domain/errors.js';
import type { ClusterKey, ClusterOrder, FailureKey, UnitKey } from '../domain/ports.js';
import { shown } from '../domain/shown.js';
import type { PicturePlace } from '../fanout/units.js';

/** A place in a list, as callers hold it: opaque, but checked when it comes back. */
export interface Cursor<Key> {
  write(key: Key): string;
  /** Of an argument. BAD_USER_INPUT for a text that this list never gave out. */
  read(text: string, argument?: 'after' | 'before'): Key;
}

const place = z.int32().nonnegative();

const moment = z.int().min(-8.64e15).max(8.64e15);

/** In an order, which a cursor knows: what the list is ordered by, then the cluster's id. */
export const clusterCursors = ({ field, direction }: ClusterOrder): Cursor<ClusterKey> =>
  cursor(
    `a list of clusters by ${field} ${direction}`,
    z.tuple([
      z.literal('c'),
      z.literal(`${field} ${direction}`),
      field === 'NAME' ? z.string() : moment,
      z.guid(),
    ] as const),
    ({ value, id }) => ['c', `${field} ${direction}` as const, typeof value === 'string' ? value : value.getTime(), id],
    ([, , value, id]) => ({ value: typeof value === 'string' ? value : new Date(value), id }),
  );

/** Newest first: when the failure was recorded, then its place in its cluster's log, then its id. */
export const failureCursors: Cursor<FailureKey> = cursor(
  'a list of failures',
  z.tuple([z.literal('f'), moment, place, z.guid()]),
  ({ createdAt, revision, id }) => ['f', createdAt.getTime(), revision, id],
  ([, time, revision, id]) => ({ createdAt: new Date(time), revision, id }),
);

/** Newest first: the operation's number. */
export const operationCursors: Cursor<number> = cursor(
  'a list of operations',
  z.tuple([z.literal('o'), place]),
  (number) => ['o', number],
  ([, number]) => number,
);

/** By key, after the time of the last report where they are ordered by that. */
export const unitCursors = (order: 'KEY' | 'LAST_REPORT_OLDEST_FIRST'): Cursor<UnitKey> =>
  cursor(
    `a list of units by ${order}`,
    z.tuple([z.literal('u'), order === 'KEY' ? z.null() : moment, z.string().max(600)] as const),
    ({ at, key }) => ['u', at?.getTime() ?? null, key] as const,
    ([, at, key]) => ({ at: at === null ? null : new Date(at), key }),
  );

/** A place in a cluster's history, and which history that is (W1). */
export interface Place {
  readonly epoch: string;
  readonly revision: number;
}

/**
 * Recorded order: the event's revision. `Cluster.events` and the subscription `clusterEvents` have the same cursors.
 */
export const eventCursors: Cursor<Place> = positions('e', 'a list of events');

/** The state of a cluster, as `clusterProgress` has sent it. */
export const progressCursors: Cursor<Place> = positions('p', 'messages of clusterProgress');

/** A place in a step's picture, and which picture that is. */
export const unitPictureCursors: Cursor<PicturePlace> = cursor(
  'messages of stepUnits',
  z.tuple([z.literal('s'), z.int().nonnegative(), z.guid()]),
  ({ seen, picture }) => ['s', seen, picture],
  ([, seen, picture]) => ({ seen, picture }),
);

function positions(kind: 'e' | 'p', list: string): Cursor<Place> {
  return cursor(
    list,
    z.tuple([z.literal(kind), place, z.string().max(64)]),
    ({ epoch, revision }) => [kind, revision, epoch],
    ([, revision, epoch]) => ({ epoch, revision }),
  );
}

function cursor<Key, Parts extends [string, ...unknown[]]>(
  list: string,
  form: z.ZodType<Parts>,
  toParts: (key: Key) => Parts,
  toKey: (parts: Parts) => Key,
): Cursor<Key> {
  const write = (key: Key) => Buffer.from(JSON.stringify(toParts(key))).toString('base64url');
  const read = (text: string, argument = 'after') => {
    const parts = form.safeParse(decode(text));
    if (parts.success) return toKey(parts.data);
    throw new Fault('BAD_USER_INPUT', `expected ${argument} to be a cursor of ${list}, got ${shown(text)}`);
  };
  return { write, read };
}

function decode(text: string): unknown {
  if (text.length > longest) return undefined;
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/** Characters. No cursor has as many; anything longer costs no decoding. */
const longest = 2_048;
