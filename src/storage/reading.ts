import type { Prisma } from './generated/client.js';

/** Runs one statement and gives its rows, named as their columns. */
export type Read = <Row>(query: Prisma.Sql) => Promise<Row[]>;

/** Any case, as PostgreSQL takes it; other forms that it would take (braces, no dashes) were never given out as ids. */
export const isUuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

/**
 * For each id, in the order given, the loaded rows whose `key` is that id. Ids that are not UUIDs name nothing and are
 * kept from the database, which would refuse the whole statement; without any other it is not asked at all.
 */
export async function many<Key extends string, Row extends Record<Key, string>>(
  ids: readonly string[],
  key: Key,
  load: (uuids: string[]) => Promise<Row[]>,
): Promise<Row[][]> {
  const groups = new Map<string, Row[]>();
  for (const id of ids) if (isUuid(id)) groups.set(id.toLowerCase(), []);
  const rows = groups.size === 0 ? [] : await load([...groups.keys()]);
  for (const row of rows) groups.get(row[key])?.push(row);
  return ids.map((id) => groups.get(id.toLowerCase()) ?? []);
}

/** As `many`, where at most one row carries each id: that row, else null. */
export async function one<Key extends string, Row extends Record<Key, string>>(
  ids: readonly string[],
  key: Key,
  load: (uuids: string[]) => Promise<Row[]>,
): Promise<(Row | null)[]> {
  return (await many(ids, key, load)).map(([row]) => row ?? null);
}
