import { isUuid, storable } from '../../domain/input.js';
import type { Texts } from '../../domain/ports.js';
import { Prisma } from '../generated/client.js';
import { eventColumns, from } from './columns.js';

const { sql, join } = Prisma;

/** Runs one statement and gives its rows, named as their columns. */
export type Read = <Row>(query: Prisma.Sql) => Promise<Row[]>;

/** The columns of a table that goes by this name in a statement. */
export const select = (table: string, columns: readonly string[]): Prisma.Sql => Prisma.raw(from(table, columns));

/** All of these conditions; what is none is left out. */
export const conjunction = (conditions: readonly (Prisma.Sql | false | null | undefined)[]): Prisma.Sql =>
  join(
    conditions.filter((condition) => condition instanceof Prisma.Sql),
    ' AND ',
  );

/**
 * An event's columns, with its text where those of the events before it, `before_all` bytes, come to less than all that
 * may be read; `excessive` says whether it is missing.
 */
export const columnsWithin = (table: string, texts: Texts): Prisma.Sql => {
  const columns = select(
    table,
    eventColumns.filter((column) => column !== 'event_info'),
  );
  if (!texts) return sql`${columns}, NULL AS event_info, false AS excessive`;
  return sql`${columns},
    CASE WHEN before_all IS NULL OR before_all < ${texts.all}::bigint THEN event_info END AS event_info,
    coalesce(before_all >= ${texts.all}::bigint AND event_info IS NOT NULL, false) AS excessive`;
};

/** The pattern of a text that contains this one, whose own wildcards mean themselves. */
export const containing = (text: string) => `%${storable(text).replace(/[\\%_]/g, '\\$&')}%`;

/** Further on in a list, by whether its keys rise. */
export const beyond = (rising: boolean): Prisma.Sql => Prisma.raw(rising ? '>' : '<');

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
