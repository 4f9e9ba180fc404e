import { kept, storable, errorText as storedErrorText } from './error-text.js';
import { Fault } from './errors.js';
import { shown } from './shown.js';

export { storable } from './error-text.js';

/** What a report may hold. Counts are of items, `name` of characters, `eventInfo` of bytes (E6). */
export const limits = {
  name: 255,
  eventInfo: kept.whole,
  events: 1000,
  steps: 1000,
  total: 2_147_483_647,
  ageMs: 2_147_483_647,
} as const;

type Given<T> = T | null | undefined;

/** A UUID, in lower case. */
export function uuid(field: string, value: string): string {
  if (!isUuid(value)) throw invalid(field, 'a UUID', value);
  return value.toLowerCase();
}

/** Whether a text may be an id. One that is none names nothing: it is kept from every look-up. Any case; no other form was ever given out. */
export const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

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
  throw new Fault('BAD_USER_INPUT', `expected ${field} of at most ${limits.name} characters, got ${length}`, { field });
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

/** S9: milliseconds since something happened; 0 when it is not given. */
export function age(field: string, value: Given<number>): number {
  return value == null ? 0 : whole(field, value, 0, limits.ageMs);
}

/** At most so many items. */
export function atMost<T>(field: string, most: number, items: readonly T[]): readonly T[] {
  if (items.length <= most) return items;
  throw new Fault('LIMIT_EXCEEDED', `expected at most ${most} ${field}, got ${items.length}`, { field });
}

/** A text of at most so many characters. */
export function shortText(field: string, most: number, text: string): string {
  if (text.length <= most) return text;
  throw new Fault('LIMIT_EXCEEDED', `expected ${field} of at most ${most} characters, got ${text.length}`);
}

/** E6: an error's text, never refused: beyond 64 KiB its middle is left out. */
export function errorText(value: Given<string>): string | null {
  return value === null || value === undefined ? null : storedErrorText(value);
}

const invalid = (field: string, expected: string, value: unknown) =>
  new Fault('BAD_USER_INPUT', `expected ${field} to be ${expected}, got ${shown(value)}`, { field });
