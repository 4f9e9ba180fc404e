/** The weights (RFC 9110, 12.4.2) of what a header such as `accept` lists, in lower case and without other parameters. */
function weights(header: string): Map<string, number> {
  const listed = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    if (name) listed.set(name, q ? Number(q.slice(2)) || 0 : 1);
  }
  return listed;
}

/** Whether an `accept` header takes one of these media types. None, or an empty one, takes any. */
export function acceptsAny(header: string | undefined, types: readonly string[]): boolean {
  if (!header?.trim()) return true;
  const listed = weights(header);
  const weight = (type: string) => listed.get(type) ?? listed.get(type.replace(/\/.*/, '/*')) ?? listed.get('*/*') ?? 0;
  return types.some((type) => weight(type) > 0);
}

/** Whether an `accept` header names one of these media types itself, as browsers do that go to an address. */
export function names(header: string | undefined, types: readonly string[]): boolean {
  const listed = weights(header ?? '');
  return types.some((type) => (listed.get(type) ?? 0) > 0);
}

/** The content coding that an `accept-encoding` header likes best, the first of equals; null: none of them. */
export function preferredEncoding<T extends string>(header: string | undefined, codings: readonly T[]): T | null {
  const listed = weights(header ?? '');
  const weight = (coding: T) => listed.get(coding) ?? listed.get('*') ?? 0;
  const best = codings.toSorted((a, b) => weight(b) - weight(a))[0];
  return best !== undefined && weight(best) > 0 ? best : null;
}
