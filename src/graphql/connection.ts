import type { GraphQLResolveInfo } from 'graphql';
import { Fault } from '../domain/errors.js';
import type { Page } from '../domain/ports.js';
import type { Cursor } from './cursors.js';
import { pageRows, usualPage } from './limits/limits.js';

/** The arguments of a field that is paged. One given as null is as if it was not given. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/**
 * The rows of a page, in the list's order. One that was `cut` ends before all rows that were asked for, though there are
 * more. `end`: how far was looked, where a search ended before it had found all the rows that were asked for.
 */
export interface Rows<Row, Key> {
  readonly rows: readonly Row[];
  readonly cut?: boolean;
  readonly end?: Key | null;
}

/**
 * A Relay connection over a list that is read by key. Asks for one row more than is shown, to know whether there is
 * more in the direction of paging; in the other one there is when the page was requested with a cursor on that side.
 */
export async function connection<Row, Key>(
  args: PageArguments,
  info: GraphQLResolveInfo,
  cursor: Cursor<Key>,
  keyOf: (row: Row) => Key,
  load: (page: Page<Key>) => Promise<Rows<Row, Key>>,
) {
  const { after, before } = args;
  const { size, backward } = span(args, info);
  const {
    rows,
    cut = false,
    end,
  } = await load({
    first: size + 1,
    after: after == null ? undefined : cursor.read(after, 'after'),
    before: before == null ? undefined : cursor.read(before, 'before'),
    backward,
  });
  const nodes = backward ? rows.slice(-size) : rows.slice(0, size);
  const edges = nodes.map((node) => ({ node, cursor: cursor.write(keyOf(node)) }));
  const full = cut || rows.length > size;
  const more = full || end != null;
  // The rows found end before the search did: whoever goes on begins there.
  const searched = !full && end != null ? cursor.write(end) : null;
  return {
    nodes,
    edges,
    pageInfo: {
      hasNextPage: backward ? before != null : more,
      hasPreviousPage: backward ? more : after != null,
      startCursor: (backward ? searched : null) ?? edges[0]?.cursor ?? null,
      endCursor: (backward ? null : searched) ?? edges.at(-1)?.cursor ?? null,
    },
  };
}

/** How many rows are asked for, and from which end. */
function span({ first, last }: PageArguments, { parentType, fieldName }: GraphQLResolveInfo) {
  if (first != null && last != null) {
    throw new Fault('BAD_USER_INPUT', `expected first or last, got both: first ${first} and last ${last}`);
  }
  if (last != null) return { size: expectSize('last', last), backward: true };
  return { size: expectSize('first', first ?? usualPage(parentType.name, fieldName)), backward: false };
}

/** The size of a page. */
export const expectSize = (argument: 'first' | 'last', size: number): number =>
  expectCount(argument, size, { least: 1, most: pageRows });

/** A number of rows that a caller asks for. Too few: BAD_USER_INPUT, too many: LIMIT_EXCEEDED. */
export function expectCount(
  name: string,
  count: number,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  if (count < least) {
    throw new Fault('BAD_USER_INPUT', `expected ${name} to be a whole number from ${least} to ${most}, got ${count}`);
  }
  if (count > most) throw new Fault('LIMIT_EXCEEDED', `expected ${name} to be at most ${most}, got ${count}`);
  return count;
}
