import { z } from 'zod';
import { Fault } from '../domain/errors.js';

/** A place in a list, as callers hold it: opaque, but checked when it comes back. */
export interface Cursor<Key> {
  write(key: Key): string;
  /** BAD_USER_INPUT for a text that this list never gave out. */
  read(text: string): Key;
}

const place = z.int32().nonnegative();

/** Newest first: the cluster's moment of creation, then its id. */
export const clusterCursors: Cursor<{ createdAt: Date; id: string }> = cursor(
  'clusters',
  z.tuple([z.literal('c'), z.int().min(-8.64e15).max(8.64e15), z.guid()]),
  ({ createdAt, id }) => ['c', createdAt.getTime(), id],
  ([, time, id]) => ({ createdAt: new Date(time), id }),
);

/** Newest first: the operation's number. */
export const operationCursors: Cursor<number> = cursor(
  'operations',
  z.tuple([z.literal('o'), place]),
  (number) => ['o', number],
  ([, number]) => number,
);

/**
 * Recorded order: the event's revision. `Cluster.events` and the subscription `clusterEvents` have the same cursors.
 */
export const eventCursors: Cursor<number> = cursor(
  'events',
  z.tuple([z.literal('e'), place]),
  (revision) => ['e', revision],
  ([, revision]) => revision,
);

export const eventCursor = eventCursors.write;
export const parseEventCursor = eventCursors.read;

function cursor<Key, Parts extends [string, ...unknown[]]>(
  list: string,
  form: z.ZodType<Parts>,
  toParts: (key: Key) => Parts,
  toKey: (parts: Parts) => Key,
): Cursor<Key> {
  const write = (key: Key) => Buffer.from(JSON.stringify(toParts(key))).toString('base64url');
  const read = (text: string) => {
    const parts = form.safeParse(decode(text));
    if (parts.success) return toKey(parts.data);
    throw new Fault('BAD_USER_INPUT', `expected after to be a cursor of a list of ${list}, got ${shown(text)}`);
  };
  return { write, read };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    return undefined;
  }
}

const shown = (text: string) => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
