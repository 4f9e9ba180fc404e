import type { Hint } from './ports.js';

/** Hints as text, of at most so many bytes. More than fit become "anything may have changed". */
export function encodeHints(hints: readonly Hint[], bytes: number): string {
  const text = JSON.stringify(hints.map(({ tenantId, id, revision }) => [tenantId, id, revision]));
  return Buffer.byteLength(text) <= bytes ? text : anything;
}

/** The hints, or null for "anything may have changed", which is also what a text that is none is taken for. */
export function decodeHints(text: string): Hint[] | null {
  if (text === anything) return null;
  try {
    const rows = JSON.parse(text) as [string, string, number][];
    return rows.map(([tenantId, id, revision]) => ({ tenantId, id, revision }));
  } catch {
    return null;
  }
}

const anything = '*';
