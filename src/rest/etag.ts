/** Whether an `if-none-match` header names this tag (RFC 9110, 13.1.2): any tag does for `*`, and weakness does not matter. */
export function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const named = header.split(',').map((tag) => tag.trim());
  return named.includes('*') || named.some((tag) => opaque(tag) === opaque(etag));
}

const opaque = (tag: string) => tag.replace(/^W\//, '');
