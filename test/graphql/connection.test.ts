import { expect, test } from 'vitest';
import type { Page } from '../../src/domain/ports.js';
import { connection, type PageArguments } from '../../src/graphql/connection.js';
import { eventCursor, eventCursors } from '../../src/graphql/cursors.js';

const list = Array.from({ length: 1001 }, (_, index) => ({ revision: index + 1 }));
const load = async ({ first, after = 0 }: Page<number>) => list.filter((row) => row.revision > after).slice(0, first);
const page = (args: PageArguments) => connection(args, eventCursors, (row) => row.revision, load);

test('pages, one after the other, hold the whole list once', async () => {
  const seen: number[] = [];
  let after: string | null = null;
  do {
    const { nodes, pageInfo } = await page({ first: 100, after });
    seen.push(...nodes.map((row) => row.revision));
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after);
  expect(seen).toEqual(list.map((row) => row.revision));
});

test('a page says where it stands', async () => {
  const { nodes, edges, pageInfo } = await page({ first: 2, after: eventCursor(10) });
  expect(nodes).toEqual([{ revision: 11 }, { revision: 12 }]);
  expect(edges.map((edge) => edge.node)).toEqual(nodes);
  expect(edges.map((edge) => edge.cursor)).toEqual([eventCursor(11), eventCursor(12)]);
  expect(pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: true,
    startCursor: eventCursor(11),
    endCursor: eventCursor(12),
  });
});

test('the last row is the end, though the page is full', async () => {
  const { nodes, pageInfo } = await page({ first: 1, after: eventCursor(1000) });
  expect(nodes).toEqual([{ revision: 1001 }]);
  expect(pageInfo.hasNextPage).toBe(false);
});

test('beyond the end there is an empty page without cursors', async () => {
  const { nodes, pageInfo } = await page({ first: 1, after: eventCursor(1001) });
  expect(nodes).toEqual([]);
  expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null });
});

test('a page has 1 to 500 rows', async () => {
  expect((await page({ first: 500 })).nodes).toHaveLength(500);
  const refused = (first: number | null, code: string, message: string) =>
    expect(page({ first })).rejects.toMatchObject({ code, message });
  await refused(501, 'LIMIT_EXCEEDED', 'expected first to be at most 500, got 501');
  await refused(0, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got 0');
  await refused(-1, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got -1');
  await refused(null, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got null');
});
