import { Fault } from './errors.js';

/** What a report may hold. Counts are of items, `name` of characters, `eventInfo` of bytes (E6). */
export const limits = { name: 255, eventInfo: 64 * 1024, events: 1000, steps: 1000, total: 2_147_483_647 } as const;

type Given<T> = T | null | undefined;

/** A UUID, in lower case. */
export function uuid(field: string, value: string): string {
  if (!uuidForm.test(value)) throw invalid(field, 'a UUID', value);
  return value.toLowerCase();
}
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** E6: a name of 1 to 255 characters; one too long is refused, never cut. */
export function name(field: string, value: string): string {
  const text = storable(value);
  if (text.trim() === '') throw invalid(field, `1 to ${limits.name} characters`, value);
  return short(field, text);
}

/** As `name`, but may be left out; an empty one counts as left out. */
export function optionalName(field: string, value: Given<string>): string | null {
  if (value === null || value === undefined || value === '') return null;
  return short(field, storable(value));
}

function short(field: string, text: string): string {
  if (text.length <= limits.name) return text;
  const length = [...text].length;
  if (length <= limits.name) return text;
  throw new Fault('BAD_USER_INPUT', `expected ${field} of at most ${limits.name} characters, got ${length}`);
}

/** A number of units: a whole number from 0 on, or null while it is not known. */
export function total(field: string, value: Given<number>): number | null {
  if (value === null || value === undefined) return null;
  return whole(field, value, 0, limits.total);
}

/** A whole number within bounds. */
export function whole(field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(field, `a whole number from ${least} to ${most}`, value);
}

/** At most so many items. */
export function atMost<T>(field: string, most: number, items: readonly T[]): readonly T[] {
  if (items.length <= most) return items;
  throw new Fault('LIMIT_EXCEEDED', `expected at most ${most} ${field}, got ${items.length}`);
}

/** E6: an error's text, never refused: beyond 64 KiB it is cut at a character boundary and says how long it was. */
export function errorText(value: Given<string>): string | null {
  if (value === null || value === undefined) return null;
  const text = storable(value);
  if (text.length * 3 <= limits.eventInfo) return text;
  const size = Buffer.byteLength(text);
  if (size <= limits.eventInfo) return text;
  const mark = `… [cut: ${size} bytes]`;
  const room = new Uint8Array(limits.eventInfo - Buffer.byteLength(mark));
  const { read } = new TextEncoder().encodeInto(text, room);
  return text.slice(0, read) + mark;
}

/** E6: what PostgreSQL cannot store (NUL, half of a surrogate pair) becomes U+FFFD. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text.toWellFormed();
}

const shown = 80;

function invalid(field: string, expected: string, value: unknown): Fault {
  const got = JSON.stringify(value) ?? String(value);
  return new Fault(
    'BAD_USER_INPUT',
    `expected ${field} to be ${expected}, got ${got.length > shown ? `${got.slice(0, shown)}…` : got}`,
  );
}
