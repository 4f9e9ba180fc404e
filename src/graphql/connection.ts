import { Fault } from '../domain/errors.js';
import type { Page } from '../domain/ports.js';
import type { Cursor } from './cursors.js';

/** Rows in a page, at most. */
const most = 500;

export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/**
 * A Relay connection over a list that is read by key. Asks for one row more than is shown, to know whether there is
 * more.
 */
export async function connection<Row, Key>(
  { first, after }: PageArguments,
  cursor: Cursor<Key>,
  keyOf: (row: Row) => Key,
  load: (page: Page<Key>) => Promise<readonly Row[]>,
) {
  const size = expectSize(first);
  const rows = await load({ first: size + 1, after: after == null ? undefined : cursor.read(after) });
  const nodes = rows.slice(0, size);
  const edges = nodes.map((node) => ({ node, cursor: cursor.write(keyOf(node)) }));
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage: after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function expectSize(first: number | null | undefined): number {
  if (first == null || first < 1) {
    throw new Fault('BAD_USER_INPUT', `expected first to be a whole number from 1 to ${most}, got ${first}`);
  }
  if (first > most) throw new Fault('LIMIT_EXCEEDED', `expected first to be at most ${most}, got ${first}`);
  return first;
}
