import type { Hint } from './ports.js';

/** What one server tells the others: who it is, and its hints; null hints mean "anything may have changed". */
export interface Notice {
  readonly origin: string;
  readonly hints: readonly Hint[] | null;
}

/** A notice as text, of at most so many bytes: where its hints are too many, it says "anything". */
export function encodeNotice({ origin, hints }: Notice, bytes: number): string {
  const rows = hints?.map(({ tenantId, id, revision }) => [tenantId, id, revision]);
  const text = JSON.stringify([origin, rows ?? null]);
  return Buffer.byteLength(text) <= bytes ? text : JSON.stringify([origin, null]);
}

/** A text that is no notice is taken for "anything may have changed", said by nobody known. */
export function decodeNotice(text: string): Notice {
  try {
    const [origin, rows] = JSON.parse(text) as [string, [string, string, number][] | null];
    return { origin, hints: rows?.map(([tenantId, id, revision]) => ({ tenantId, id, revision })) ?? null };
  } catch {
    return { origin: '', hints: null };
  }
}
