import type { Hint } from './ports.js';

/** What one server tells the others: who it is, and its hints; null hints mean "anything may have changed". */
export interface Notice {
  readonly origin: string;
  readonly hints: readonly Hint[] | null;
}

/**
 * A notice as texts of at most `bytes` each, as few as halving gives. Where a single hint is too long for that, its text
 * says "anything may have changed". No hints: no text.
 */
export function encodeNotice({ origin, hints }: Notice, bytes: number): string[] {
  if (hints === null) return [JSON.stringify([origin, null])];
  if (hints.length === 0) return [];
  const text = JSON.stringify([origin, ...columnsOf(hints)]);
  if (Buffer.byteLength(text) <= bytes) return [text];
  if (hints.length === 1) return encodeNotice({ origin, hints: null }, bytes);
  const half = Math.ceil(hints.length / 2);
  return [hints.slice(0, half), hints.slice(half)].flatMap((part) => encodeNotice({ origin, hints: part }, bytes));
}

/** A notice without hints: whoever hears it learns nothing but that it can be heard. */
export const emptyNotice = (origin: string): string => JSON.stringify([origin]);

/** A text that is not a notice counts as "anything may have changed", from an unknown server. */
export function decodeNotice(text: string): Notice {
  try {
    const [origin, ...columns] = JSON.parse(text) as unknown[];
    if (typeof origin !== 'string') throw new TypeError(`expected an origin, got ${typeof origin}`);
    return { origin, hints: columns[0] === null ? null : hintsOf(columns) };
  } catch {
    return { origin: '', hints: null };
  }
}

/** `tenant, [id, revision, id, revision, …], tenant, […], …`: a tenant is named once for all hints that follow it. */
function columnsOf(hints: readonly Hint[]): unknown[] {
  const columns: unknown[] = [];
  let row: unknown[] = [];
  for (const [place, { tenantId, id, revision }] of hints.entries()) {
    if (hints[place - 1]?.tenantId !== tenantId) {
      row = [];
      columns.push(tenantId, row);
    }
    row.push(packed(id), revision);
  }
  return columns;
}

function hintsOf(columns: readonly unknown[]): Hint[] {
  const hints: Hint[] = [];
  for (let at = 0; at < columns.length; at += 2) {
    const [tenantId, row] = [columns[at], columns[at + 1]];
    if (typeof tenantId !== 'string' || !Array.isArray(row)) throw new TypeError('expected a tenant and its hints');
    for (let place = 0; place < row.length; place += 2) {
      const [id, revision] = [row[place], row[place + 1]];
      if (typeof id !== 'string' || !Number.isInteger(revision)) throw new TypeError('expected an id and its revision');
      hints.push({ tenantId, id: unpacked(id), revision });
    }
  }
  return hints;
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

/** 22 characters for the 36 of a UUID; any other text as it is, marked by a character that base64url does not have. */
const packed = (id: string): string =>
  uuid.test(id) ? Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url') : `~${id}`;

function unpacked(text: string): string {
  if (text.startsWith('~')) return text.slice(1);
  const hex = Buffer.from(text, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
