import type { GraphQLResolveInfo } from 'graphql';
import { expect, test } from 'vitest';
import type { Page } from '../../src/domain/ports.js';
import { connection, type PageArguments } from '../../src/graphql/connection.js';
import { operationCursors } from '../../src/graphql/cursors.js';

const list = Array.from({ length: 1001 }, (_, index) => ({ revision: index + 1 }));
const load = async ({ first, after = 0, before = Number.POSITIVE_INFINITY, backward = false }: Page<number>) => {
  const within = list.filter(({ revision }) => revision > after && revision < before);
  return { rows: backward ? within.slice(-first) : within.slice(0, first) };
};
const info = { parentType: { name: 'Cluster' }, fieldName: 'events' } as GraphQLResolveInfo;
const page = (args: PageArguments) => connection(args, info, operationCursors, (row) => row.revision, load);

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
  const { nodes, edges, pageInfo } = await page({ first: 2, after: operationCursors.write(10) });
  expect(nodes).toEqual([{ revision: 11 }, { revision: 12 }]);
  expect(edges.map((edge) => edge.node)).toEqual(nodes);
  expect(edges.map((edge) => edge.cursor)).toEqual([operationCursors.write(11), operationCursors.write(12)]);
  expect(pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: true,
    startCursor: operationCursors.write(11),
    endCursor: operationCursors.write(12),
  });
});

test('the last row is the end, though the page is full', async () => {
  const { nodes, pageInfo } = await page({ first: 1, after: operationCursors.write(1000) });
  expect(nodes).toEqual([{ revision: 1001 }]);
  expect(pageInfo.hasNextPage).toBe(false);
});

test('beyond the end there is an empty page without cursors', async () => {
  const { nodes, pageInfo } = await page({ first: 1, after: operationCursors.write(1001) });
  expect(nodes).toEqual([]);
  expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null });
});

test('a page that was cut is not the last, and the next goes on where it ended', async () => {
  const cut = async (page: Page<number>) => ({ rows: (await load(page)).rows.slice(0, 3), cut: true });
  const { nodes, pageInfo } = await connection(
    { first: 3, after: operationCursors.write(7) },
    info,
    operationCursors,
    (row) => row.revision,
    cut,
  );
  expect(nodes).toEqual([{ revision: 8 }, { revision: 9 }, { revision: 10 }]);
  expect(pageInfo).toMatchObject({ hasNextPage: true, endCursor: operationCursors.write(10) });
});

test('a page has 1 to 500 rows', async () => {
  expect((await page({ first: 500 })).nodes).toHaveLength(500);
  const refused = (first: number | null, code: string, message: string) =>
    expect(page({ first })).rejects.toMatchObject({ code, message });
  await refused(501, 'LIMIT_EXCEEDED', 'expected first to be at most 500, got 501');
  await refused(0, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got 0');
  await refused(-1, 'BAD_USER_INPUT', 'expected first to be a whole number from 1 to 500, got -1');
  expect((await page({ first: null })).nodes).toHaveLength(100);
});

test('pages from the end, one before the other, hold the whole list once', async () => {
  const seen: number[] = [];
  let before: string | null = null;
  do {
    const { nodes, pageInfo } = await page({ last: 100, before });
    expect(pageInfo.hasNextPage).toBe(before !== null);
    seen.unshift(...nodes.map((row) => row.revision));
    before = pageInfo.hasPreviousPage ? pageInfo.startCursor : null;
  } while (before);
  expect(seen).toEqual(list.map((row) => row.revision));
});

test('a page between two cursors is bounded by both', async () => {
  const { nodes, pageInfo } = await page({
    first: 9,
    after: operationCursors.write(3),
    before: operationCursors.write(6),
  });
  expect(nodes).toEqual([{ revision: 4 }, { revision: 5 }]);
  expect(pageInfo.hasNextPage).toBe(false);
});

test('a search that ended early leads on from where it ended, though it found nothing', async () => {
  const search = async () => ({ rows: [], end: 40 });
  const { pageInfo } = await connection({ first: 3 }, info, operationCursors, () => 0, search);
  expect(pageInfo).toMatchObject({ hasNextPage: true, startCursor: null, endCursor: operationCursors.write(40) });
  const back = await connection({ last: 3 }, info, operationCursors, () => 0, search);
  expect(back.pageInfo).toMatchObject({
    hasPreviousPage: true,
    startCursor: operationCursors.write(40),
    endCursor: null,
  });
});

test('first and last together are refused', async () => {
  await expect(page({ first: 1, last: 2 })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message: 'expected first or last, got both: first 1 and last 2',
  });
  expect((await page({ first: 1, last: null })).nodes).toHaveLength(1);
});
