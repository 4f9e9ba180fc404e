/** E6: bytes of an error's text that are stored, and how much of them are the end of a longer one. */
export const kept = { whole: 64 * 1024, end: 48 * 1024 } as const;

/**
 * E6: an error's text as it is stored, cut by the server and by the client before it sends one. Of more than 64 KiB the
 * middle is left out, at character boundaries: Python's reason is at the end of a traceback, Java's at the start.
 */
export function errorText(text: string): string {
  const clean = storable(text);
  if (clean.length * 3 <= kept.whole) return clean;
  const bytes = new TextEncoder().encode(clean);
  if (bytes.length <= kept.whole) return clean;
  const mark = `… [${bytes.length} bytes, the middle is left out] …`;
  const room = kept.whole - kept.end - new TextEncoder().encode(mark).length;
  const start = bytes.subarray(0, boundary(bytes, room, -1));
  const end = bytes.subarray(boundary(bytes, bytes.length - kept.end, 1));
  return decode(start) + mark + decode(end);
}

/** E6: what PostgreSQL cannot store (NUL, half of a surrogate pair) becomes U+FFFD. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD').toWellFormed() : text.toWellFormed();
}

/** The first index from `index` on, in steps of `by`, at which a character begins. */
function boundary(bytes: Uint8Array, index: number, by: 1 | -1): number {
  const isContinuation = ((bytes[index] ?? 0) & 0xc0) === 0x80;
  return isContinuation ? boundary(bytes, index + by, by) : index;
}

/** A byte order mark inside of a text is a character like any other. */
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
